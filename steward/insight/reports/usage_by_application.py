"""Usage by application: how many of the users of each were active."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from steward.insight.applications import applications
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.reports.usage import SCOPE, provenance, share
from steward.insight.usage import Scope, active_in, today
from steward.inventory.account import Account
from steward.inventory.books import closed_untold
from steward.inventory.usage import NOBODY, Use, UseTold

TOLD = (30, 60, 90)


def _applications(question: Question) -> Sequence[Any]:
    """As it was told today where that answers the question, and counted where it does not."""
    scope = Scope.asked(question.filters)
    rows = _as_told(scope) if _is_told(scope) else _counted(scope)
    if text := question["q"]:
        rows = rows.filter(application_name__icontains=text)
    known = Q(told_by__gt=NOBODY)
    before = scope.period.before()
    whole = known & Q(days_since__lte=before.first) if before else Q(pk__in=())
    return [
        rows.annotate(
            active=Case(When(known, then=F("in_period"))),
            share=Case(When(known, then=share("in_period", "has"))),
            active_before=Case(When(whole, then=F("in_before")), output_field=IntegerField()),
        ).annotate(change=ExpressionWrapper(F("active") - F("active_before"), IntegerField()))
    ]


def _is_told(scope: Scope) -> bool:
    is_old = UseTold.objects.exclude(day=today()).exists() or closed_untold().exists()
    return scope.period.days in TOLD and not scope.is_narrowed and not is_old


def _which(question: Question) -> Any:
    """The applications without their figures."""
    scope, name = Scope.asked(question.filters), "name"
    if _is_told(scope):
        rows = _of_scope(scope)
    else:
        rows, name = _uses(scope).order_by().values("application").distinct(), "application__name"
    return rows.filter(**{f"{name}__icontains": question["q"]}) if question["q"] else rows


def _of_scope(scope: Scope) -> Any:
    rows = applications()
    return rows.filter(pk=scope.application) if scope.application else rows


def _uses(scope: Scope) -> Any:
    rows = scope.narrowed(Use.objects.exclude(status=Account.REMOVED))
    return rows.filter(application=scope.application or F("application__pk"))


def _as_told(scope: Scope) -> Any:
    row, days = UseTold.objects.filter(pk=OuterRef("pk"), day=today()), scope.period.days
    return _of_scope(scope).annotate(
        application_id_=F("pk"),
        application_name=F("name"),
        told_by=Coalesce(Subquery(row.values("source")), Value("")),
        days_since=Subquery(row.values("since")),
        has=Coalesce(Subquery(row.values("users")), 0),
        in_period=Coalesce(Subquery(row.values(f"in_{days}")), 0),
        in_before=Coalesce(Subquery(row.values(f"before_{days}")), 0),
    )


def _counted(scope: Scope) -> Any:
    """A row an application that somebody asked for has."""
    told, before = UseTold.objects.filter(pk=OuterRef("application")), scope.period.before()
    counted_before = Count("pk", filter=Q(active_in(before))) if before else Value(0)
    return (
        _uses(scope)
        .order_by()
        .values(
            application_id_=F("application"),
            application_name=F("application__name"),
            told_by=Coalesce(Subquery(told.values("source")), Value("")),
            days_since=Subquery(told.values("since")),
        )
        .annotate(
            has=Count("pk"),
            in_period=Count("pk", filter=Q(active_in(scope.period))),
            in_before=counted_before,
        )
    )


APPLICATIONS = Report(
    slug="usage",
    title="Usage by application",
    description="How many of the users of each application were active in a period, against as "
    "many days before it.",
    columns=(
        Column("application_name", "Application", link="application", link_by="application_id_"),
        Column("has", "Users", "number"),
        Column("active", "Active", "number"),
        Column("share", "Share active", "percent"),
        Column("active_before", "Active before", "number", aside=True),
        Column("change", "Change", "number"),
        Column("told_by", "Source"),
        Column("days_since", "Days known since", "date", aside=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    parts=_applications,
    counted=_which,
    short=True,
    provenance=provenance,
    order=("-active", "application_name", "application_id_"),
    filters=(*SCOPE, Filter("q", "Name")),
    has_past=False,
    costly=True,
    empty="No applications yet. They appear when an instance has been synced.",
)
