"""Leavers with live accounts: who has gone from the directory and can still sign in elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from steward.insight.accounts import accounts, left_alive, left_since
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import instance_filter, narrowed
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question


def live_accounts_of_leavers(question: Question) -> Any:
    return accounts(question.as_of).filter(left_alive(question.as_of))


def _parts(question: Question) -> Sequence[Any]:
    rows = narrowed(live_accounts_of_leavers(question), question)
    return [
        rows.annotate(
            person_name=F("person__name"),
            person_email=F("person__email"),
            account_id_=F("account_ref"),
            instance_id_=F("instance__pk"),
            app=F("instance__name"),
            left_since=left_since(),
        )
    ]


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts",))


REPORT = Report(
    slug="leavers-with-live-accounts",
    title="Leavers with live accounts",
    description="People whose accounts in the directory or sign-on service are all disabled or "
    "gone, and the accounts of theirs elsewhere that still work.",
    columns=(
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("person_email", "E-mail"),
        Column("left_since", "Seen to leave", "moment"),
        Column("app", "App", link="instance", link_by="instance_id_"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("role", "Role"),
        Column("holds_seat", "Paid seat", "bool"),
        Column("active_at", "Last active", "moment"),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("-active_at", "person_name", "account_id_"),
    filters=(instance_filter(), Filter("q", "Name or e-mail")),
    costly=True,
    empty="Nobody who has left can still sign in anywhere that is connected.",
)
