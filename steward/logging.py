"""Logs: one line an event on standard error, for people or as JSON, never with a secret in it."""

from __future__ import annotations

import logging
import re
import sys
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


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _SECRET_NAME.search(name):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _SECRET_TEXT.sub(_HIDDEN, value)
    return event
