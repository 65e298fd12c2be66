"""Spans for OpenTelemetry, when the operator names a collector with the standard variables.

They are written by hand at the few places that matter. The ready-made instrumentations note whole
addresses, and ours hold invitations and the e-mail addresses of people; these spans carry routes,
host names, numbers and kinds of error. Where no collector is named, nothing is imported and a span
is an empty block.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from steward.sdk.errors import ConnectorError

if TYPE_CHECKING:
    from steward.collector import Collector

log = structlog.get_logger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HTTP = "http/protobuf"


class _Now:
    """Read once in each function: it goes away while others still write, when a process ends."""

    collector: Collector | None = None


def start(process: str) -> None:
    """Once in each process that works: `web`, `worker` or a command. A collector that cannot be
    used is said aloud and keeps nobody from working: the variables may be meant for others."""
    endpoint = _first(_ENDPOINTS)
    if _Now.collector or not endpoint or _is_off():
        return
    if problem := _problem(endpoint):
        log.warning("no traces", why=problem)
        return
    try:
        from steward.collector import Collector
    except ImportError:
        log.warning("no traces", why="They need more packages: pip install 'steward[traces]'.")
        return
    _Now.collector = Collector(process)


def stop() -> None:
    """Sends what is left, for as long as a process that ends may be kept waiting."""
    collector, _Now.collector = _Now.collector, None
    if collector:
        collector.close()


def is_on() -> bool:
    return _Now.collector is not None


def _is_off() -> bool:
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return disabled or os.environ.get("OTEL_TRACES_EXPORTER", "").strip() == "none"


def _problem(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "OTEL_EXPORTER_OTLP_ENDPOINT must look like http://HOST:4318."
    if _first(_PROTOCOLS) not in ("", _HTTP):
        return f"Steward sends traces as {_HTTP}; set OTEL_EXPORTER_OTLP_PROTOCOL to that."
    return ""


def _first(names: tuple[str, ...]) -> str:
    given = (os.environ.get(name, "").strip() for name in names)
    return next(filter(None, given), "")


@contextmanager
def span(name: str, kind: str = "internal", parent: Any = None, **facts: Any) -> Iterator[None]:
    """An error that passes through is noted by its kind: its text may name people."""
    collector = _Now.collector
    if collector is None:
        yield
        return
    with collector.span(name, kind, parent, _named(facts)):
        try:
            yield
        except BaseException as error:
            collector.note(_named({"error.type": kind_of(error)}), failed=True)
            raise


def note(error: str = "", **facts: Any) -> None:
    """More about the span we are in; `error` is the kind of what went wrong."""
    if collector := _Now.collector:
        if error:
            facts["error.type"] = error
        collector.note(_named(facts), failed=bool(error))


def rename(name: str) -> None:
    """For a span whose best name is known at its end."""
    if collector := _Now.collector:
        collector.rename(name)


@contextmanager
def vendor_request(protocol: str, method: str, host: str) -> Iterator[Callable[[int], None]]:
    """Around one request to an app (a `steward.sdk.watching.Watch`). No trace is passed on to the
    app: it is not ours."""
    facts = {
        "server.address": host,
        f"{protocol}.request.method": method,
        "network.protocol.name": protocol,
    }
    with span(method, "client", **facts):
        yield _answered


def _answered(status: int) -> None:
    note(error=str(status) if status >= 400 else "", **{"http.response.status_code": status})


def kind_of(error: BaseException) -> str:
    return error.code if isinstance(error, ConnectorError) else type(error).__name__


def with_trace(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For the log: a line within a trace names it."""
    collector = _Now.collector
    if collector and (trace := collector.trace()):
        event["trace"] = trace
    return event


def _named(facts: dict[str, Any]) -> dict[str, Any]:
    """What is ours bears our name; names with dots are the conventions' own."""
    return {name if "." in name else f"steward.{name}": value for name, value in facts.items()}
