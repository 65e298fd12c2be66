"""Users by application: who has what, read from the app itself or shown by others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from steward.insight.accounts import accounts
from steward.insight.applications import applications
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports import shown
from steward.insight.reports.choices import application_filter, searched
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.reports.sections import Section, Sections

SOURCES = (
    ("direct", "Read from the app"),
    ("sign-on", "Given through sign-on"),
    ("grants", "Third-party access"),
    ("sign-ins", "Signed in to"),
)


def _parts(question: Question) -> Sequence[Any]:
    parts = []
    if question["source"] in ("", "direct"):
        parts.append(_direct(question))
    if question["source"] != "direct":
        parts += shown.parts(question)
    return parts


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


def _sections(question: Question) -> Sequence[Section] | None:
    """Of each application as many rows as accounts were told of it."""
    if question["q"] or question["source"] not in ("", "direct"):
        return None
    direct = question["source"] == "direct"
    rows = applications().order_by("name", "pk")
    rows = rows.annotate(length=F("own_rows") if direct else _rows())
    found = rows.filter(length__gt=0).values_list("pk", "length")
    return [Section(str(number), length) for number, length in found]


def _rows() -> Any:
    """Apps that are connected themselves speak for themselves, but for what was merged in."""
    own = F("own_rows") + F("told_beside")
    return Case(When(connected=True, then=own), default=F("told_accounts"))


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts", "apps", "grants", "activity"))


REPORT = Report(
    slug="users-by-application",
    title="Users by application",
    description="Who has an account in which application. Applications that are not connected "
    "are shown by others: by a sign-on service who was given them, by a suite of accounts who has "
    "let them in (third-party access) or signed in to them lately.",
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
        application_filter(),
        Filter("source", "Source", "choice", choices=lambda: SOURCES),
        Filter("q", "Name or e-mail"),
    ),
    costly=True,
    sections=Sections("application", _sections),
    empty="No application has a user yet.",
)
