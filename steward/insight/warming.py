"""Keeps ready what takes long to count, so that nobody waits for it: at the start of the web
server, after what people do, and now and then after apps were read.

What Home and the lists of reports show is counted whether somebody has asked for it or not;
everything else that was asked for lately is counted again when it is not right any more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from django.db import Error, close_old_connections, connection

from steward.insight import memory, reports, traces
from steward.insight.findings.reading import by_severity
from steward.insight.licences import reclaimable
from steward.insight.overlaps import overlaps
from steward.insight.reports.results import PER_PAGE
from steward.insight.spend import Period, covered_months, paid_by_month, spend
from steward.insight.summary import summary
from steward.insight.traces import Traces
from steward.insight.waste import wastes_by_department

log = structlog.get_logger(__name__)

# Seconds between two looks, and after one that failed.
LOOKS, AFTER_FAILURE = 1.0, 30.0
# Of the time that passes, so much may go into counting again what was read, and at least so many
# seconds lie between; what people do is counted at once, but in no more than half of the time.
SHARE, RESTS = 0.1, 20.0


def _first_pages() -> None:
    for report in reports.catalogue():
        if report.costly:
            result = report.run()
            _ = result.total
            result.page(0, PER_PAGE)


FIGURES: tuple[Callable[[], object], ...] = (
    reclaimable,
    summary,
    lambda: spend(Period.of()),
    covered_months,
    lambda: paid_by_month(Period.of()),
    wastes_by_department,
    overlaps,
    by_severity,
    _first_pages,
)


class Warmer:
    def __init__(self) -> None:
        self._seen: Traces | None = None
        self._ended = self._took = 0.0

    def look(self) -> bool:
        """Whether there was something to count."""
        seen = traces.newest()
        if not self._is_due(seen):
            return False
        began = time.monotonic()
        with memory.behind():
            for figure in FIGURES:
                figure()
        memory.recount()
        self._seen, self._ended = seen, time.monotonic()
        self._took = self._ended - began
        return True

    def _is_due(self, seen: Traces) -> bool:
        if self._seen is None:
            return True
        since = time.monotonic() - self._ended
        if seen.done != self._seen.done:
            return since > self._took
        return since > max(RESTS, self._took / SHARE)


def start() -> None:
    """In a thread of its own, for as long as the process lives."""
    threading.Thread(target=_keep_warm, name="warming", daemon=True).start()


def _keep_warm() -> None:
    warmer = Warmer()
    while True:
        close_old_connections()
        try:
            warmer.look()
            time.sleep(LOOKS)
        except Error as failed:
            log.warning("figures could not be kept ready", error=type(failed).__name__)
            connection.close()
            time.sleep(AFTER_FAILURE)
