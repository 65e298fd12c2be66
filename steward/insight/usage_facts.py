"""Usage as plain facts: what the API answers and `steward usage --json` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from steward.insight.charts import Chart
from steward.insight.facts import Facts
from steward.insight.reports.core import Report
from steward.insight.reports.results import Result, as_json, provenance_facts
from steward.insight.reports.usage import GROUPS, USERS
from steward.insight.reports.usage_by_application import APPLICATIONS
from steward.insight.usage import Period, Scope, figures, inactive_after
from steward.insight.usage_charts import UsageCharts, filters_of
from steward.insight.usage_sources import active_means, told
from steward.inventory.application import Application

LISTS: Mapping[str, Report] = {"applications": APPLICATIONS, "people": USERS, "groups": GROUPS}
_STANDINGS = {"never seen active": "never", "not known": "unknown"}


def list_of(scope: Scope, asked: str = "") -> str:
    """Groups where they are compared; of an application or a person who uses it, or what they
    use; else the applications."""
    if asked:
        return asked
    if scope.group_by and scope.group is None:
        return "groups"
    return "people" if scope.application or scope.person else "applications"


def result_of(scope: Scope, shown: str, who: str = "", q: str = "") -> Result:
    report = LISTS[shown]
    more = {"who": who, "q": q}
    known = {f.name for f in report.filters}
    asked = {**filters_of(scope), **{n: v for n, v in more.items() if n in known}}
    return report.run(asked)


def facts_of(scope: Scope, result: Result, shown: str, offset: int, limit: int | None) -> Facts:
    """`limit` None gives all rows."""
    records = list(result.page(offset, limit) if limit else result.records(offset))
    return {
        "period": _period(scope.period),
        "application": _application(scope.application),
        "figures": figures(scope),
        "trend": _trend(UsageCharts(scope, lambda **_: "").trend()),
        "listed": shown,
        "total": result.total,
        "items": [_MADE[shown](_plain(result, record)) for record in records],
        "provenance": provenance_facts(result.provenance),
    }


def _plain(result: Result, record: Mapping[str, Any]) -> Facts:
    return as_json(record, result.report.columns)


def _period(period: Period) -> Facts:
    return {"from": str(period.first), "to": str(period.last), "days": period.length}


def _application(number: int) -> Facts | None:
    """What is asked about, and what its figures rest on."""
    row = Application.objects.filter(pk=number).first()
    if row is None:
        return None
    known = told(number)
    return {
        "id": row.pk,
        "name": row.name,
        "source": (known.source or None) if known else None,
        "active_means": active_means(row) or None,
        "days_known_since": str(known.since) if known and known.since else None,
        "inactive_after": inactive_after(row),
    }


def _trend(chart: Chart) -> list[Facts]:
    """A point a day, or a week where many are asked for; None where nobody tells."""
    points = [series.points for series in chart.series]
    within = points[1] if len(points) > 1 else [None] * len(chart.labels)
    return [
        {"from": label, "active": active, "within_7_days": week}
        for label, active, week in zip(chart.labels, points[0], within, strict=True)
    ]


def _user(row: Facts) -> Facts:
    names = (
        "name", "email", "department", "title", "location", "employment_type", "days_active",
        "last_active", "inactive_since", "status",
    )  # fmt: skip
    return {
        "of": "user",
        "person": row["person_id_"],
        "account": row["account_id_"],
        "application": row["application_id_"] or None,
        "application_name": row["application_name"],
        "manager": row["manager_name"],
        "standing": _STANDINGS.get(row["standing"], row["standing"]),
        "source": row["told_by"],
        **{name: row[name] for name in names},
    }


def _of_application(row: Facts) -> Facts:
    return {
        "of": "application",
        "application": row["application_id_"],
        "name": row["application_name"],
        "users": row["has"],
        "active": row["active"],
        "share": row["share"],
        "active_before": row["active_before"],
        "change": row["change"],
        "source": row["told_by"] or None,
        "days_known_since": row["days_since"],
    }


def _group(row: Facts) -> Facts:
    return {"of": "group", **row}


_MADE: Mapping[str, Callable[[Facts], Facts]] = {
    "applications": _of_application,
    "people": _user,
    "groups": _group,
}
