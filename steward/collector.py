"""The way to an OpenTelemetry collector. Imported only where one is named (see `tracing`)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Any

import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

log = structlog.get_logger(__name__)

# Seconds that a process which ends waits for a collector that does not answer.
PATIENCE = 3.0


class Collector:
    def __init__(self, process: str) -> None:
        # The exporter would say it again with every batch, and a batch goes out each 5 seconds.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._provider = TracerProvider(resource=_resource(process))
        self._provider.add_span_processor(BatchSpanProcessor(_Told(OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer("steward")

    def span(
        self, name: str, kind: str, parent: Any, facts: dict[str, Any]
    ) -> AbstractContextManager[trace.Span]:
        """`parent` holds the headers of a request that may come from within another trace."""
        return self._tracer.start_as_current_span(
            name,
            context=propagate.extract(parent) if parent is not None else None,
            kind=trace.SpanKind[kind.upper()],
            attributes=facts,
            record_exception=False,
            set_status_on_exception=False,
        )

    def note(self, facts: dict[str, Any], failed: bool) -> None:
        current = trace.get_current_span()
        current.set_attributes(facts)
        if failed:
            current.set_status(trace.StatusCode.ERROR)

    def rename(self, name: str) -> None:
        trace.get_current_span().update_name(name)

    def trace(self) -> str:
        """The id of the trace we are in, in hexadecimal; empty outside of any."""
        found = trace.get_current_span().get_span_context()
        return trace.format_trace_id(found.trace_id) if found.is_valid else ""

    def close(self) -> None:
        ending = threading.Thread(target=self._provider.shutdown, name="last traces", daemon=True)
        ending.start()
        ending.join(PATIENCE)


class _Told(SpanExporter):
    """Says once when traces no longer arrive, and once when they do again."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._lost = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        lost = result is not SpanExportResult.SUCCESS
        if lost and not self._lost:
            log.warning("traces do not reach the collector")
        elif self._lost and not lost:
            log.info("traces reach the collector again")
        self._lost = lost
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


def _resource(process: str) -> Resource:
    """OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word."""
    ours = {
        "service.name": "steward",
        "service.version": version("steward"),
        "steward.process": process,
    }
    return Resource.create(ours).merge(OTELResourceDetector().detect())
