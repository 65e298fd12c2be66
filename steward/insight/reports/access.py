"""Third-party access: who let which app do what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from steward.insight import access_filters
from steward.insight.grants import grants
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import application_filter, instance_filter
from steward.insight.reports.core import Report
from steward.insight.reports.question import BadRequest, Column, Filter, Question
from steward.insight.reports.sections import Section, Sections
from steward.insight.reports.secure import RISK, RISKS, STATUSES
from steward.insight.secure import applications_with_access
from steward.inventory.holdings import SeenApp

VERIFIED = (("yes", "Verified"), ("no", "Not verified"), ("unknown", "Not known"))
_VERIFIED = {"yes": True, "no": False, "unknown": None}


def _parts(question: Question) -> Sequence[Any]:
    return [
        _asked_for(question).annotate(
            application=Coalesce(F("app__application__name"), F("app__name")),
            application_id_=F("app__application"),
            publisher=F("app__publisher"),
            verified=F("app__verified"),
            risk=RISK,
            name=Case(When(account=None, then=Value("everybody")), default=F("account__name")),
            email=F("account__email"),
            person_name=F("account__person__name"),
            person_id=F("account__person"),
            consented_by=Coalesce(F("by_name"), F("granted_by")),
            seen_in=F("instance__name"),
            account_id_=F("account"),
            instance_id_=F("instance__pk"),
        )
    ]


def _asked_for(question: Question) -> Any:
    rows = grants(question.as_of)
    if question["application"]:
        rows = rows.filter(app__application=int(question["application"]))
    if question["instance"]:
        rows = rows.filter(instance__pk=int(question["instance"]))
    if question["verified"]:
        rows = rows.filter(app__verified=_VERIFIED[question["verified"]])
    if text := question["scope"]:
        rows = rows.annotate(as_text=Cast("scopes", TextField())).filter(as_text__icontains=text)
    if question["person"]:
        rows = rows.filter(account__person=_number(question["person"]))
    rows = access_filters.narrowed_grants(rows, {**question.filters, "since": _since(question)})
    if text := question["q"]:
        named = Q(account__name__icontains=text) | Q(account__email__icontains=text)
        rows = rows.filter(named | Q(app__name__icontains=text))
    return rows


def _since(question: Question) -> datetime | None:
    day = question["since"]
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise BadRequest("Person must be a number.")
    return int(text)


# What is known of each application, and need not be looked for among its grants.
_TOLD = {"application", "risk", "status", "holds"}


def _sections(question: Question) -> Sequence[Section] | None:
    """Of each application as many rows as grants were told of it."""
    if any(value for name, value in question.filters.items() if name not in _TOLD):
        return None
    nameless = SeenApp.objects.present().filter(application=None, in_grants__isnull=False)
    if nameless.exists():
        return None
    rows = access_filters.narrowed_applications(
        applications_with_access(), {"status": question["status"]}
    ).order_by("application__name", "pk")
    told = list(rows.values_list("pk", "grants"))
    if question["holds"]:
        if question["risk"]:
            return None
        held = access_filters.grants_of(question["holds"])
        return [Section(str(pk), held[pk]) for pk, _ in told if pk in held]
    if not all(by_level for _, by_level in told):
        return None
    every = range(len(access_filters.WORDS))
    levels = access_filters.levels(question["risk"]) if question["risk"] else every
    counts = [(pk, sum(by_level[level] for level in levels)) for pk, by_level in told]
    return [Section(str(pk), count) for pk, count in counts if count]


def _provenance(question: Question) -> Provenance:
    only = [int(question["instance"])] if question["instance"] else None
    return provenance(("grants",), only)


REPORT = Report(
    slug="third-party-access",
    title="Third-party access",
    description="Apps that were let in to the data of an account or of everybody, and what they "
    "are permitted in the words of the service that lets them in.",
    columns=(
        Column("application", "Application", link="application", link_by="application_id_"),
        Column("publisher", "Publisher"),
        Column("verified", "Publisher verified", "bool"),
        Column("name", "Whose data", link="account", link_by="account_id_"),
        Column("email", "E-mail", aside=True),
        Column("person_name", "Person", link="person", link_by="person_id", aside=True),
        Column("scopes", "May", "list"),
        Column("risk", "Risk", sort_by="level"),
        Column("granted_at", "Granted", "moment"),
        Column("since", "Seen since", "moment"),
        Column("last_used_at", "Last used", "moment"),
        Column("consented_by", "Consented", aside=True),
        Column("seen_in", "In", link="instance", link_by="instance_id_"),
        Column("application_id_", "Application number", "id", hidden=True),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
    ),
    parts=_parts,
    counted=_asked_for,
    provenance=_provenance,
    order=("application", "name", "account_id_", "since"),
    filters=(
        application_filter(),
        instance_filter(),
        Filter("verified", "Publisher", "choice", choices=lambda: VERIFIED),
        Filter("scope", "May, in its words"),
        Filter("risk", "Risk", "choice", choices=lambda: RISKS),
        Filter("status", "Status", "choice", choices=lambda: STATUSES),
        Filter("since", "Appeared since", "date"),
        Filter("holds", "Holds the scope", hidden=True),
        Filter("integration", "Integration", hidden=True),
        Filter("person", "Person", hidden=True),
        Filter("q", "Application, name or e-mail"),
    ),
    costly=True,
    sections=Sections("application", _sections),
    empty="No third-party access is known. Instances that can tell list it as “grants”.",
)
