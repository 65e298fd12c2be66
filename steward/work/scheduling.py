"""Making and changing schedules, with the report's own word on what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.insight import reports
from steward.insight.formats import FORMATS
from steward.insight.reports import BadRequest, Report
from steward.inventory.member import Member
from steward.inventory.schedule import LINK, Schedule
from steward.ledger import schedules
from steward.sdk.fields import FieldError

FILES = tuple(name for name in FORMATS if name != "json")
KNOWN = {"format": (*FILES, LINK)}
_ASKED = ("report", "filters", "sort", "columns", "with_money")
LONGEST_FILTER = 500


def create(given: Mapping[str, Any], *, by: str, owner: Member | None) -> Schedule:
    """Raises `Invalid`."""
    wrong = wrong_with({"report": "", **given})
    return schedules.create(given, known=KNOWN, wrong=wrong, by=by, owner=owner)


def edit(row: Schedule, given: Mapping[str, Any], *, by: str) -> None:
    """Raises `Invalid`."""
    asked = any(name in given for name in _ASKED)
    now = {name: getattr(row, name) for name in _ASKED}
    wrong = wrong_with({**now, **given}) if asked else []
    schedules.edit(row, given, known=KNOWN, wrong=wrong, by=by)


def wrong_with(given: Mapping[str, Any]) -> list[FieldError]:
    """What the report does not take."""
    found = reports.report(str(given["report"]))
    if found is None:
        return [FieldError("report", "Choose a report: there is none of this name.")]
    with_money = given.get("with_money") in (True, "yes", "on")
    if found.about_money and not with_money:
        return [FieldError("with_money", about_money(found))]
    errors = []
    for name in ("filters", "sort", "columns"):
        try:
            ask(found, **{name: given.get(name) or {}}, with_money=with_money)
        except BadRequest as error:
            errors.append(FieldError(name, str(error)))
    return errors


def about_money(report: Report) -> str:
    return f"{report.title} is about what things cost. Choose that this may be sent."


def ask(
    report: Report,
    filters: Any = None,
    sort: Any = "",
    columns: Any = (),
    *,
    with_money: bool,
) -> Any:
    """The result, without what things cost unless that is wanted. Raises `BadRequest`."""
    if any(len(str(value)) > LONGEST_FILTER for value in (filters or {}).values()):
        raise BadRequest(f"A filter has {LONGEST_FILTER} characters at most.")
    report.run(filters or {}, sort=sort or "", columns=columns or ())
    seen = report if with_money else report.without_money()
    names = {c.name for c in seen.columns}
    order = sort if sort and sort.removeprefix("-") in names else ""
    return seen.run(
        filters or {},
        sort=order,
        columns=_with_hidden(seen, [c for c in columns or () if c in names]),
    )


def _with_hidden(report: Report, chosen: list[str]) -> list[str]:
    return [*chosen, *(c.name for c in report.columns if c.hidden)] if chosen else []
