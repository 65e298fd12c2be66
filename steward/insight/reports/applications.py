"""Users by application: who has what, read from the app itself or seen through sign-on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import BooleanField, DateTimeField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from steward.insight.accounts import accounts, now_or
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import searched
from steward.insight.reports.core import Column, Filter, Question, Report
from steward.inventory.application import Application
from steward.inventory.holdings import Assignment
from steward.inventory.instance import Instance

_BOOL, _MOMENT = BooleanField(null=True), DateTimeField(null=True)
SOURCES = (("direct", "Read from the app"), ("sign-on", "Seen through sign-on"))


def _parts(question: Question) -> Sequence[Any]:
    parts = []
    if question["source"] != "sign-on":
        parts.append(_direct(question))
    if question["source"] != "direct":
        parts.append(_through_sign_on(question))
    return parts or [_direct(question).none()]


def _direct(question: Question) -> Any:
    rows = searched(accounts(question.as_of), question["q"]).annotate(
        application=Coalesce(F("instance__application__name"), F("instance__name")),
        application_id_=F("instance__application"),
        person_name=F("person__name"),
        seen_in=F("instance__name"),
        source=Value("direct"),
        account_id_=F("account_ref"),
    )
    if question["application"]:
        rows = rows.filter(application_id_=int(question["application"]))
    return rows


def _through_sign_on(question: Question) -> Any:
    """Apps that are connected themselves speak for themselves. Of the account in the app itself
    (its role, its use) the sign-on service knows nothing."""
    day = question.as_of
    rows = Assignment.objects.at(day).filter(app__active=True)
    people = searched(accounts(day), question["q"])
    rows = rows.filter(account__in=people.values("account_ref"))
    if question["application"]:
        rows = rows.filter(app__application=int(question["application"]))
    connected = Instance.objects.present().filter(
        application=OuterRef("app__application"), created_at__lt=now_or(day)
    )
    return rows.filter(~Exists(connected)).annotate(
        **{field: _as_then(field, day) for field in ("name", "email", "status")},
        application=F("app__application__name"),
        application_id_=F("app__application"),
        person_name=F("account__person__name"),
        person_id=F("account__person"),
        role=Value(""),
        holds_seat=Value(None, output_field=_BOOL),
        active_at=Value(None, output_field=_MOMENT),
        seen_in=F("instance__name"),
        source=Value("sign-on"),
        account_id_=F("account"),
    )


def _as_then(field: str, day: date | None) -> Any:
    if day is None:
        return F(f"account__{field}")
    return Subquery(accounts(day).filter(account=OuterRef("account")).values(field)[:1])


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts", "apps"))


def _applications() -> Sequence[tuple[str, str]]:
    rows = Application.objects.order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


REPORT = Report(
    slug="users-by-application",
    title="Users by application",
    description="Who has an account in which application. Applications that are not connected "
    "are seen through the sign-on service, which knows who was given them, not who uses them.",
    columns=(
        Column("application", "Application", link="application", link_by="application_id_"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("email", "E-mail"),
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("status", "Status"),
        Column("role", "Role"),
        Column("holds_seat", "Paid seat", "bool"),
        Column("active_at", "Last active", "moment"),
        Column("seen_in", "Seen in"),
        Column("source", "Source"),
        Column("application_id_", "Application number", "id", hidden=True),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("application", "name", "account_id_"),
    filters=(
        Filter("application", "Application", "choice", choices=_applications),
        Filter("source", "Source", "choice", choices=lambda: SOURCES),
        Filter("q", "Name or e-mail"),
    ),
    empty="No application has a user yet.",
)
