"""Logs: one line an event on standard error, for people or as JSON, never with a secret in it."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog

from steward import tracing

_HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"token|secret|password|authorization|credential|api_?key|cookie", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"(?i)(bearer|basic|ssws|token)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|\b(stw_|xox[a-z]-|gh[opsur]_|github_pat_)[A-Za-z0-9_-]{6,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    # An invitation is its address; Django logs the addresses of requests that were refused.
    r"|(?<=/welcome/)[^/\s]+"
)
# Seconds between two lines of DBOS from the same place in its code.
_QUIET = 60.0


def configure(form: str) -> None:
    """Our own events and everybody else's through one set of processors."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        tracing.with_trace,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("httpx2", "httpcore2", "dbos", "axes", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Each step and each font of a PDF would be a line.
    for name in ("weasyprint", "weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    _tame_dbos()


def _tame_dbos() -> None:
    """It writes to standard error by itself unless its logger has a handler; with one that does
    nothing its lines come to ours."""
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.filters, dbos.propagate = [logging.NullHandler()], [_Brief()], True


class _Brief(logging.Filter):
    """While its database is away, or has no room, each of DBOS's threads says so every second, one
    of them with all of a traceback, and nothing else could be found among that."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = _of_database(record)
        if record.levelno > logging.WARNING and error is None:
            return True
        now, place = time.monotonic(), (record.pathname, record.lineno)
        if now - self._said.get(place, -_QUIET) < _QUIET:
            return False
        self._said[place] = now
        record.msg, record.args = _in_one_line(record.getMessage()), None
        if error is not None:
            record.msg, record.exc_info = f"{record.msg} {_first_line(error)}", None
        return True


def _of_database(record: logging.LogRecord) -> BaseException | None:
    """An error that DBOS had with its own database."""
    error = record.exc_info[1] if record.exc_info else None
    return error if type(error).__module__.startswith("sqlalchemy.") else None


def _first_line(error: BaseException) -> str:
    """Behind it are the statement and its values."""
    return str(error).partition("\n")[0]


def _in_one_line(message: str) -> str:
    """Of a traceback what it ends with; of that not where to read about it."""
    head, _, trace = message.partition("Traceback (most recent call last):")
    errors = [line for line in trace.splitlines() if re.match(r"[\w.]+: ", line)]
    lines = [head, *errors[-1:]] if trace else message.splitlines()
    return " ".join(line.strip() for line in lines if not line.startswith("(Background on"))


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _SECRET_NAME.search(name):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _SECRET_TEXT.sub(_HIDDEN, value)
    return event
