"""Third-party access: by application, by person and by scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from steward.insight import access_filters, secure
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import application_filter, instance_filter
from steward.insight.reports.core import Report
from steward.insight.reports.listed import Listed, Row
from steward.insight.reports.question import Column, Filter, Question, in_report
from steward.inventory.access import PersonAccess
from steward.inventory.application import Application
from steward.inventory.books import is_told
from steward.inventory.holdings import Grant

RISKS = (
    (access_filters.RISKY, "High or critical"),
    ("critical", "Critical"),
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
    (access_filters.UNKNOWN, "Not known"),
)
STATUSES = (*Application.STATUSES, ("not-approved", "Not approved"))
RISK = Case(
    *(When(level=level, then=Value(word)) for level, word in enumerate(access_filters.WORDS)),
    default=Value(access_filters.UNKNOWN),
    output_field=TextField(),
)
_GRANTS = "third-party-access"


def risk_filter() -> Filter:
    return Filter("risk", "Risk", "choice", choices=lambda: RISKS)


def status_filter() -> Filter:
    return Filter("status", "Status", "choice", choices=lambda: STATUSES)


def _provenance(question: Question) -> Provenance:
    only = [int(question["instance"])] if question["instance"] else None
    return provenance(("grants",), only)


def _applications(question: Question) -> Sequence[Any]:
    rows = access_filters.narrowed_applications(secure.applications_with_access(), question.filters)
    return [
        rows.annotate(
            name=F("application__name"),
            risk=RISK,
            status=F("application__status"),
            application_id_=F("application"),
        )
    ]


APPLICATIONS = Report(
    slug="applications-with-access",
    title="Applications with access to company data",
    description="Every app that was let in, by people for themselves or for everybody: what it "
    "may do, how risky that is, and whether somebody has approved it.",
    columns=(
        Column("name", "Application", link="access", link_by="application_id_"),
        Column("publisher", "Publisher"),
        Column("verified", "Verified", "bool"),
        Column("risk", "Risk", sort_by="level"),
        Column("for_all", "For everybody", "bool"),
        Column(
            "people",
            "People",
            "number",
            opens=in_report("people-with-access", application="{application_id_}"),
        ),
        Column("accounts", "Accounts", "number", aside=True),
        Column("scopes", "Scopes", "number"),
        Column("unknown_scopes", "Scopes not known", "number", aside=True),
        Column("first_at", "First granted", "moment"),
        Column("newest_at", "Newest grant", "moment", aside=True),
        Column("last_used_at", "Last used", "moment"),
        Column("status", "Status"),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    parts=_applications,
    provenance=_provenance,
    order=("-risk", "-people", "pk"),
    filters=(
        risk_filter(),
        status_filter(),
        Filter("new", "New within days", "number"),
        instance_filter(),
        Filter("scope", "Scope holds"),
        Filter("q", "Application or publisher"),
        Filter("risky", "Risky since days", "number", hidden=True),
        Filter("holds", "Holds the scope", hidden=True),
        Filter("integration", "Integration", hidden=True),
        Filter("everybody", "For everybody", hidden=True),
    ),
    has_past=False,
    empty="No app is known to have access to company data.",
)


def _people(question: Question) -> Sequence[Any]:
    # Said so that both databases begin here, by the index, and not at the people.
    rows = PersonAccess.objects.filter(level__in=range(len(access_filters.WORDS)))
    held = Grant.objects.present().filter(account__person=OuterRef("pk")).order_by()
    if not is_told():
        rows = rows.filter(Exists(held))
    if question["risk"]:
        rows = rows.filter(level__in=access_filters.levels(question["risk"]))
    if scope := question["scope"]:
        held = held.filter(app__application__in=access_filters.holding(scope))
        held = held.annotate(words=Cast("scopes", TextField()))
        rows = rows.filter(Exists(held.filter(words__contains=access_filters.quoted(scope))))
    if question["application"]:
        let_in = held.filter(app__application=int(question["application"]))
        rows = rows.filter(Exists(let_in))
    if question["standing"] == "left":
        rows = rows.filter(person__told_standing="left")
    if text := question["q"]:
        named = Q(person__name__icontains=text) | Q(person__email__icontains=text)
        rows = rows.filter(named)
    return [
        rows.annotate(
            name=F("person__name"),
            email=F("person__email"),
            department=KeyTextTransform("department", "person__attributes"),
            has_left=Case(When(person__told_standing="left", then=True), default=False),
            risk=RISK,
            person_id_=F("person"),
        )
    ]


PEOPLE = Report(
    slug="people-with-access",
    title="People who have let apps in",
    description="Who has let how many apps into their account, and how risky the gravest of them "
    "is. What was let in for everybody is not theirs.",
    columns=(
        Column("name", "Person", link="person", link_by="person_id_"),
        Column("email", "E-mail"),
        Column("department", "Department"),
        Column("has_left", "Has left", "bool"),
        Column("risk", "Gravest risk", sort_by="level"),
        Column(
            "applications", "Apps let in", "number", opens=in_report(_GRANTS, person="{person_id_}")
        ),
        Column(
            "risky",
            "Of high risk",
            "number",
            opens=in_report(_GRANTS, person="{person_id_}", risk=access_filters.RISKY),
        ),
        Column("newest_at", "Newest grant", "moment"),
        Column("last_used_at", "Last used", "moment", aside=True),
        Column("person_id_", "Person number", "id", hidden=True),
    ),
    parts=_people,
    provenance=_provenance,
    order=("-risk", "-risky", "pk"),
    filters=(
        risk_filter(),
        application_filter(),
        Filter("standing", "Who", "choice", choices=lambda: (("left", "Have left"),)),
        Filter("scope", "Scope, whole"),
        Filter("q", "Name or e-mail"),
    ),
    has_past=False,
    empty="Nobody is known to have let an app in.",
)


def _scopes(question: Question) -> Sequence[Row]:
    asked = (
        access_filters.levels(question["risk"])
        if question["risk"]
        else range(len(access_filters.WORDS))
    )
    text = question["q"].casefold()
    return [
        _scope(one)
        for one in secure.held_scopes()
        if one.level in asked and (text in one.name.casefold() or text in one.means.casefold())
    ]


def _scope(one: secure.HeldScope) -> Mapping[str, Any]:
    return {
        "scope": one.name or access_filters.NOT_SAID,
        "vendor": one.vendor,
        "means": one.means,
        "why": one.meaning.why if one.meaning else None,
        "risk": one.risk,
        "for_all": one.for_all,
        "applications": len(one.applications),
        "grants": one.grants,
        "level": one.level,
        "scope_": one.name or access_filters.NOT_SAID,
        "slug": one.integration,
    }


SCOPES = Listed(
    slug="granted-scopes",
    title="Scopes that apps hold",
    description="What apps may do, scope by scope, in plain words and with its risk.",
    columns=(
        Column("means", "It may"),
        Column("scope", "Scope"),
        Column("vendor", "At"),
        Column("risk", "Risk", sort_by="level"),
        Column("why", "Why it matters", aside=True),
        Column("for_all", "For everybody", "bool"),
        Column(
            "applications",
            "Applications",
            "number",
            opens=in_report("applications-with-access", holds="{scope_}", integration="{slug}"),
        ),
        Column(
            "grants",
            "Grants",
            "number",
            opens=in_report(_GRANTS, holds="{scope_}", integration="{slug}"),
        ),
        Column("level", "Level", "number", hidden=True),
        Column("scope_", "Name", hidden=True),
        Column("slug", "Integration", hidden=True),
    ),
    made=_scopes,
    provenance=_provenance,
    order=("-level", "scope"),
    filters=(risk_filter(), Filter("q", "Scope or words")),
    costly=True,
    empty="No scope is known to be held.",
)
REPORTS = (APPLICATIONS, PEOPLE, SCOPES)
