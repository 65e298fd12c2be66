"""Usage as lists: applications, the users of one (or people in any), and groups of people that are
compared. They take the same filters, so that a page, the API and a terminal ask alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from steward.insight.descriptions import grouped_by
from steward.insight.provenance import Provenance
from steward.insight.reports.choices import application_filter
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.usage import (
    NOT_SAID,
    UNKNOWN,
    WHO,
    Scope,
    active_in,
    days_in,
    inactive,
    named,
    only,
    standing,
)
from steward.insight.usage_sources import provenance_of
from steward.inventory.application import Application
from steward.inventory.usage import EVERYWHERE

SCOPE = (
    application_filter(),
    Filter("person", "Person number"),
    Filter("department", "Department"),
    Filter("days", "Days"),
    Filter("from", "From"),
    Filter("to", "To"),
    Filter("group_by", "Compared by"),
    Filter("group", "Group"),
)


def provenance(question: Question) -> Provenance:
    return provenance_of(Scope.asked(question.filters))


def _users(question: Question) -> Sequence[Any]:
    return [described(_asked_for(question), Scope.asked(question.filters))]


def _asked_for(question: Question) -> Any:
    return named(only(Scope.asked(question.filters), question["who"]), question["q"])


def described(rows: Any, scope: Scope) -> Any:
    """Rows of `Use` with the columns of `USERS`."""
    row = Application.objects.filter(pk=OuterRef("application"))
    return rows.annotate(
        **{name: grouped_by(name) for name in _ABOUT},
        manager_name=grouped_by("manager"),
        application_name=Subquery(row.values("name")),
        application_id_=F("application"),
        days_active=Case(When(~UNKNOWN, then=days_in(scope.period))),
        inactive_since=Case(When(inactive(), then=F("last_active"))),
        standing=standing(),
        told_by=Case(When(application__gt=EVERYWHERE, then=NullIf(F("source"), Value("")))),
        use_id_=F("pk"),
        person_id_=F("person"),
        account_id_=F("account"),
    )


_ABOUT = ("department", "title", "location", "employment_type")

USERS = Report(
    slug="users-days-active",
    title="Users and their days active",
    description="Who uses an application, on how many days of a period, and since when they have "
    "not. Without an application: people in any. The application's own word counts most, then "
    "sign-ins to it through a sign-on service, then the use of what people let it do.",
    columns=(
        Column("name", "Name", link="person", link_by="person_id_"),
        Column("email", "E-mail"),
        Column("application_name", "Application", link="application", link_by="application_id_"),
        Column("department", "Department"),
        Column("title", "Title", aside=True),
        Column("manager_name", "Manager", aside=True),
        Column("location", "Location", aside=True),
        Column("employment_type", "Employment", aside=True),
        Column("days_active", "Days active", "number"),
        Column("last_active", "Last active", "date"),
        Column("standing", "Standing"),
        Column("inactive_since", "Inactive since", "date", aside=True),
        Column("told_by", "Source"),
        Column("status", "Account", aside=True),
        Column("use_id_", "Row number", "id", hidden=True, sort_by="pk"),
        Column("person_id_", "Person number", "id", hidden=True),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    parts=_users,
    counted=_asked_for,
    provenance=provenance,
    order=("name", "use_id_"),
    filters=(
        *SCOPE,
        Filter("who", "Who", "choice", choices=lambda: WHO),
        Filter("q", "Name or e-mail"),
    ),
    has_past=False,
    keyed=True,
    costly=True,
    empty="Nobody. Users appear when an instance has been synced.",
)


def users_of(scope: Scope) -> Report:
    """Without the columns that say the same in every row."""
    hidden = {"application_name"}
    if not scope.application:
        own = {"name", "email", "department"}
        hidden = own if scope.person else {"application_name", "told_by"}
    columns = [replace(c, aside=True) if c.name in hidden else c for c in USERS.columns]
    order = ("-last_active", "use_id_") if scope.person else USERS.order
    return replace(USERS, columns=tuple(columns), order=order)


def _groups(question: Question) -> Sequence[Any]:
    scope = Scope.asked(question.filters)
    by, known = scope.compared_by, ~UNKNOWN
    said = Coalesce(grouped_by(by), Value(NOT_SAID), output_field=TextField())
    rows = scope.rows().annotate(group=said)
    counted = (
        rows.values("group")
        .order_by()
        .annotate(
            users=Count("pk"),
            told=Count("pk", filter=known),
            in_period=Count("pk", filter=known & Q(active_in(scope.period))),
        )
    )
    return [
        counted.annotate(
            active=Case(When(told__gt=0, then=F("in_period"))),
            share=Case(When(told__gt=0, then=share("in_period", "told"))),
        )
    ]


def share(part: str, whole: str) -> Any:
    """In hundredths, rounded."""
    rounded = (200 * F(part) + F(whole)) / NullIf(2 * F(whole), 0)
    return ExpressionWrapper(rounded, IntegerField())


GROUPS = Report(
    slug="usage-compared",
    title="Usage compared",
    description="How many of the people of each department, or another attribute of the "
    "directory, were active in a period.",
    columns=(
        Column("group", "Group"),
        Column("users", "Users", "number"),
        Column("active", "Active", "number"),
        Column("share", "Share active", "percent"),
    ),
    parts=_groups,
    short=True,
    provenance=provenance,
    order=("-users", "group"),
    filters=SCOPE,
    has_past=False,
    costly=True,
    empty="Nobody to compare.",
)
