"""Who was active on how many days: in each application, or as access reviews ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from steward.insight.reports.choices import application_filter
from steward.insight.reports.question import Filter, Question
from steward.insight.reports.usage import USERS, described
from steward.insight.usage import WHO, Scope, named
from steward.inventory.usage import EVERYWHERE, Use

_PERIOD = (
    Filter("days", "Days", "number"),
    Filter("from", "From", "date"),
    Filter("to", "To", "date"),
)
_FIELDS = ("name", "email", "days_active", "last_active")
_DAYS = tuple((str(days), f"{days} days") for days in (30, 60, 90))


def _activity(question: Question) -> Sequence[Any]:
    return [described(_asked_for(question), Scope.asked(question.filters))]


def _asked_for(question: Question) -> Any:
    """A row of each application, but for those who are removed there."""
    scope = Scope.asked(question.filters)
    rows = scope.rows()
    if not scope.application:
        everywhere = scope.narrowed(Use.objects.filter(application__gt=EVERYWHERE))
        rows = everywhere.exclude(status="removed")
    return named(rows, question["q"])


ACTIVITY = replace(
    USERS,
    slug="activity",
    title="Activity by person and application",
    parts=_activity,
    counted=_asked_for,
    filters=(application_filter(), *_PERIOD, Filter("q", "Name or e-mail")),
    order=("use_id_",),
)

DAYS_ACTIVE = replace(
    USERS,
    slug="days-active",
    title="Days active",
    description="Name, e-mail and days active of everybody who has an application, or of everybody "
    "in any, in the last days or in a period of your own: what reviews of access ask for. Where "
    "nobody can tell, the days are not known, which is not none.",
    columns=tuple(c for c in USERS.columns if c.name in _FIELDS or c.hidden),
    filters=(
        application_filter(),
        Filter("days", "Period", "choice", "90", choices=lambda: _DAYS),
        Filter("from", "From", "date"),
        Filter("to", "To", "date"),
        Filter("who", "Who", "choice", choices=lambda: WHO),
        Filter("q", "Name or e-mail"),
    ),
)
