"""The form of a schedule: what is asked, and what was entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict

from steward.insight.reports import Column, Filter, Report
from steward.inventory.cadence import DAILY, LAST, MONTHLY, WEEKDAYS, WEEKLY, zones
from steward.inventory.problems import Invalid
from steward.inventory.schedule import LINK, Schedule
from steward.inventory.webhook import Webhook

FILTER = "filter."
CADENCES = ((DAILY, "Every day"), (WEEKLY, "On days of the week"), (MONTHLY, "Once a month"))
FORMATS = (
    ("csv", "CSV file"),
    ("xlsx", "Excel file (XLSX)"),
    ("pdf", "PDF, fit to print"),
    (LINK, "A link, for which one must sign in"),
)
DAYS = [*((str(day), f"Day {day}") for day in range(1, LAST)), (str(LAST), "The last day")]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class ScheduleForm:
    """`given` is in the words of `ledger.schedules`."""

    report: Report
    given: Mapping[str, Any]
    errors: Mapping[str, str]

    @property
    def filters(self) -> list[tuple[Filter, str]]:
        known = self.given["filters"]
        return [(f, known.get(f.name, f.default)) for f in self.report.filters]

    @property
    def columns(self) -> list[tuple[Column, bool]]:
        chosen = self.given["columns"]
        return [(c, c.name in chosen) for c in self.report.columns if not c.hidden]

    @property
    def weekdays(self) -> list[tuple[str, str, bool]]:
        pairs = zip(WEEKDAYS, _WEEKDAYS, strict=True)
        return [(name, label, name in self.given["weekdays"]) for name, label in pairs]

    @property
    def emails(self) -> str:
        found = self.given["emails"]
        return found if isinstance(found, str) else "\n".join(found)

    @property
    def webhooks(self) -> list[tuple[str, str]]:
        rows = Webhook.objects.order_by("name", "pk").values_list("pk", "name")
        return [("", "None"), *((str(pk), name) for pk, name in rows)]

    @property
    def webhook(self) -> str:
        return str(self.given["webhook"] or "")

    @property
    def offers_folder(self) -> bool:
        return settings.STEWARD_EXPORT_DIR is not None

    @property
    def has_money(self) -> bool:
        return self.report.about_money or any(
            c.kind == "money" or c.about_money for c in self.report.columns
        )

    cadences, formats, days = CADENCES, FORMATS, DAYS

    @property
    def zones(self) -> tuple[str, ...]:
        return zones()


def fresh(report: Report, query: QueryDict) -> dict[str, Any]:
    """From the address of the report's page."""
    named = {f.name for f in report.filters}
    return {
        "name": report.title,
        "filters": {n: v for n, v in query.items() if n in named and v},
        "sort": query.get("sort", ""),
        "columns": [c for c in query.getlist("columns") if c],
        "cadence": WEEKLY,
        "weekdays": ["mon"],
        "day": "1",
        "at": "08:00",
        "zone": "UTC",
        "format": "xlsx",
        "emails": [],
        "webhook": None,
        "folder": None,
    }


def of_row(row: Schedule) -> dict[str, Any]:
    names = ("name", "filters", "sort", "columns", "cadence", "weekdays", "zone", "format",
             "emails", "folder", "with_money", "only_if_rows")  # fmt: skip
    given = {name: getattr(row, name) for name in names}
    at, keep = f"{row.at:%H:%M}", row.keep or ""
    return {**given, "day": str(row.day), "at": at, "keep": keep, "webhook": row.webhook_id}


def entered(posted: QueryDict, report: Report) -> dict[str, Any]:
    texts = ("name", "sort", "cadence", "day", "at", "zone", "format", "emails", "webhook", "keep")
    filters = {f.name: posted.get(FILTER + f.name, "") for f in report.filters}
    return {
        **{name: posted.get(name, "") for name in texts},
        "report": report.slug,
        "filters": {name: value for name, value in filters.items() if value},
        "columns": posted.getlist("columns"),
        "weekdays": posted.getlist("weekdays"),
        "folder": posted.get("folder", "") if posted.get("to_folder") == "yes" else None,
        "with_money": posted.get("with_money") == "yes",
        "only_if_rows": posted.get("only_if_rows") == "yes",
    }


def errors_of(invalid: Invalid) -> dict[str, str]:
    return {e.field: e.message for e in invalid.errors}
