"""Paid seats nobody uses: what could be taken back, seat by seat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce

from steward.insight.accounts import (
    accounts,
    has_left,
    holding,
    is_suspended,
    now_or,
    tells_activity,
)
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import instance_filter, narrowed
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.thresholds import not_within
from steward.inventory.account import Account
from steward.inventory.history import end_of


def unused_seats(question: Question) -> Any:
    """A row a seat; an account whose app names no licences counts as one seat. Where no days are
    given, each application's own count (see `inactive_after`)."""
    rows = accounts(question.as_of).filter(holds_seat=True)
    rows = rows.annotate(seat=holding("seats", question.as_of))
    rows = rows.annotate(used_at=_used(question.as_of), license=F("seat__license__name"))
    unused = _unused(question["days"], now_or(question.as_of))
    return rows.annotate(
        why=Case(
            When(status=Account.DISABLED, then=Value("suspended, still paid")),
            When(has_left(question.as_of), then=Value("its owner has left")),
            When(is_suspended(question.as_of), then=Value("its owner is suspended")),
            When(unused, then=Value("not used since")),
            When(tells_activity(), used_at=None, then=Value("no use seen")),
            output_field=CharField(null=True),
        )
    ).exclude(why=None)


def _unused(days: str, now: datetime) -> Q:
    if days:
        return Q(used_at__lt=now - timedelta(days=int(days)))
    return not_within("used_at", "instance__application", now)


def _used(as_of: date | None) -> Any:
    """The last use of a seat moves daily and has no past of its own; the account's has."""
    if as_of is None:
        return Coalesce(F("seat__last_active_at"), F("active_at"))
    then = Case(When(seat__last_active_at__lt=end_of(as_of), then=F("seat__last_active_at")))
    return Coalesce(then, F("active_at"))


def _parts(question: Question) -> Sequence[Any]:
    rows = narrowed(unused_seats(question), question)
    return [
        rows.annotate(
            account_id_=F("account_ref"),
            instance_id_=F("instance__pk"),
            app=F("instance__name"),
            person_name=F("person__name"),
        )
    ]


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts", "licenses", "activity"))


REPORT = Report(
    slug="paid-seats-unused",
    title="Paid seats nobody uses",
    description="Seats that nobody has used for a while, and seats of people who have left or are "
    "suspended. Of an app that does not say when anybody was last active only the latter count.",
    columns=(
        Column("app", "App", link="instance", link_by="instance_id_"),
        Column("license", "Licence"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("email", "E-mail"),
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("why", "Why"),
        Column("used_at", "Last used", "moment"),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("used_at", "app", "email", "account_id_"),
    filters=(
        Filter("days", "Days without use", "number"),
        instance_filter(),
        Filter("q", "Name or e-mail"),
    ),
    costly=True,
    empty="Every paid seat was used. Well kept.",
)
