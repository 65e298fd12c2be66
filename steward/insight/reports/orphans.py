"""Accounts nobody owns: no human in the directory or elsewhere could be found behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Q, Value, When

from steward.insight.accounts import accounts, unknown_to_directory
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import instance_filter, narrowed
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.account import Account

KINDS = (("service", "Service accounts"), ("person", "All others"))


def orphans(question: Question) -> list[Any]:
    """Guests are somebody else's people by their nature, and are left out where a person is
    known behind them."""
    rows = accounts(question.as_of).filter(status=Account.ACTIVE)
    strangers = unknown_to_directory(question.as_of) & Q(person__isnull=False)
    return [rows.filter(person=None), rows.filter(strangers).exclude(kind="guest")]


def _parts(question: Question) -> Sequence[Any]:
    return [_part(narrowed(rows, question), question["kind"]) for rows in orphans(question)]


def _part(rows: Any, kind: str) -> Any:
    if kind == "service":
        rows = rows.filter(kind="service")
    elif kind:
        rows = rows.exclude(kind="service")
    return rows.annotate(
        account_id_=F("account_ref"),
        instance_id_=F("instance__pk"),
        app=F("instance__name"),
        what=Case(
            When(kind="service", then=Value("service account")),
            When(email="", then=Value("no e-mail known")),
            When(person=None, then=Value("no person found")),
            default=Value("not in the directory"),
        ),
    )


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts",))


REPORT = Report(
    slug="orphan-accounts",
    title="Accounts nobody owns",
    description="Accounts that work and belong to no known human: service and shared accounts, "
    "those whose app gives no address to recognise anybody by, and those of people whom the "
    "directory has never heard of.",
    columns=(
        Column("app", "App", link="instance", link_by="instance_id_"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("username", "User name"),
        Column("email", "E-mail"),
        Column("what", "Why"),
        Column("role", "Role"),
        Column("holds_seat", "Paid seat", "bool"),
        Column("active_at", "Last active", "moment"),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("app", "name", "account_id_"),
    filters=(
        instance_filter(),
        Filter("kind", "Kind", "choice", choices=lambda: KINDS),
        Filter("q", "Name or e-mail"),
    ),
    costly=True,
    empty="Every account that works has an owner.",
)
