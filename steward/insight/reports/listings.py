"""The lists of people and accounts that pages show; `listed_applications` is another one. Reports
in all but name, so that they sort, filter, page and export alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from steward.insight.accounts import accounts
from steward.insight.descriptions import DESCRIBED, described, described_as
from steward.insight.people import called, how_many, people
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import instance_filter, narrowed
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.account import Account
from steward.inventory.books import is_told
from steward.inventory.person import Person

STATUSES = (("active", "Active"), ("disabled", "Disabled"), ("removed", "Removed"))
STANDINGS = (
    ("leaver", "Left, accounts still work"),
    ("left", "Left"),
    ("here", "Not known to have left"),
)


_STANDING = {
    "leaver": Q(told_leaver=True),
    "left": Q(told_standing=Person.LEFT),
    "here": ~Q(told_standing=Person.LEFT),
}


def _people(question: Question) -> Sequence[Any]:
    rows = people()
    if text := question["q"]:
        rows = rows.filter(called(text))
    rows = described_as(rows, question)
    rows = rows.filter(_STANDING.get(question["standing"], Q()))
    if question["standing"] == "leaver" and not is_told():
        rows = rows.filter(leaver=True)
    return [
        rows.annotate(
            person_id_=F("pk"),
            **described(),
        )
    ]


def _how_many_people(question: Question) -> int | None:
    return None if question.is_narrowed else how_many()


PEOPLE = Report(
    slug="people",
    title="People",
    description="One row a human, with all their accounts.",
    columns=(
        Column("name", "Name", link="person", link_by="person_id_"),
        Column("email", "E-mail"),
        Column("department", "Department"),
        Column("title", "Title"),
        Column("manager_name", "Manager", link="person", link_by="manager_id", aside=True),
        Column("location", "Location", aside=True),
        Column("employment_type", "Employment", aside=True),
        Column("holds", "Accounts", "number", sort_by="told_present"),
        Column("works", "Can sign in", "number", sort_by="told_live"),
        Column("last_active", "Last active", "moment", sort_by="told_last_active"),
        Column("last_in", "in"),
        Column("has_left", "Has left", "bool", sort_by="told_standing"),
        Column("leaver", "Still has access", "bool", sort_by="told_leaver"),
        Column("person_id_", "Person number", "id", hidden=True, sort_by="pk"),
        Column("manager_id", "Manager number", "id", hidden=True),
    ),
    parts=_people,
    length=_how_many_people,
    provenance=lambda question: provenance(("accounts",)),
    order=("-leaver", "name", "person_id_"),
    filters=(
        Filter("q", "Name or e-mail"),
        *(Filter(name, label) for name, label in DESCRIBED),
        Filter("standing", "Standing", "choice", choices=lambda: STANDINGS),
    ),
    has_past=False,
    keyed=True,
    empty="Nobody yet. People appear when an instance has been synced.",
)


def _accounts(question: Question) -> Sequence[Any]:
    return [
        _asked_for(question).annotate(
            account_id_=F("account_ref"),
            instance_id_=F("instance__pk"),
            app=F("instance__name"),
            person_name=F("person__name"),
        )
    ]


def _asked_for(question: Question) -> Any:
    rows = accounts(question.as_of)
    if question["status"] == Account.REMOVED:
        rows = Account.objects.present().annotate(
            account_ref=F("pk"), active_at=F("last_active_at")
        )
    if question["status"]:
        rows = rows.filter(status=question["status"])
    return narrowed(rows, question)


def _accounts_from(question: Question) -> Provenance:
    only = [int(question["instance"])] if question["instance"] else None
    return provenance(("accounts",), only)


ACCOUNTS = Report(
    slug="accounts",
    title="Accounts",
    description="Every account that was read.",
    columns=(
        Column("name", "Name", link="account", link_by="account_id_"),
        Column("email", "E-mail"),
        Column("username", "User name"),
        Column("app", "Instance", link="instance", link_by="instance_id_"),
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("status", "Status"),
        Column("kind", "Kind"),
        Column("role", "Role"),
        Column("holds_seat", "Paid seat", "bool"),
        Column("active_at", "Last active", "moment"),
        Column("first_seen_at", "First seen", "moment"),
        Column("external_id", "Id in the app"),
        Column("account_id_", "Account number", "id", hidden=True, sort_by="pk"),
        Column("instance_id_", "Instance number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
    ),
    parts=_accounts,
    counted=_asked_for,
    provenance=_accounts_from,
    order=("name", "account_id_"),
    filters=(
        instance_filter(),
        Filter("status", "Status", "choice", choices=lambda: STATUSES),
        Filter("q", "Name or e-mail"),
    ),
    keyed=True,
    costly=True,
    empty="No accounts.",
)
