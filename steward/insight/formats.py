"""The files that a report comes as, the same for pages, API, command line and schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from steward.insight import exports, printed
from steward.insight.reports.results import Result


@dataclass(frozen=True)
class Format:
    """`kind` is the media type, `name` the ending of the file."""

    name: str
    kind: str
    write: Callable[[Result], Iterator[bytes]]


FORMATS = {
    made.name: made
    for made in (
        Format("csv", "text/csv; charset=utf-8", exports.csv),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            exports.xlsx,
        ),
        Format("pdf", "application/pdf", printed.pdf),
        Format("json", "application/json", exports.json),
    )
}
