"""Findings by rule: what is wrong, with its evidence, and what was accepted until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Coalesce

from steward.insight.findings.catalogue import RULES
from steward.insight.findings.reading import ALL, GRAVE, findings, narrowed, unasked
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import application_filter, instance_filter
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.traces import Minds
from steward.inventory.finding import LOW, SEVERITIES, Finding

STREAMS = ("accounts", "groups", "apps", "grants")
STATES = (*Finding.STATES, (ALL, "All"))
GRADES = ((GRAVE, "High or critical"), *((w, w.capitalize()) for w in reversed(SEVERITIES)))
_TITLE = Case(
    *(When(rule=rule.slug, then=Value(rule.title)) for rule in RULES),
    default=F("rule"),
    output_field=TextField(),
)
_SEVERITY = Case(
    *(When(severity=level, then=Value(word)) for level, word in enumerate(SEVERITIES, LOW)),
    output_field=TextField(),
)


def _parts(question: Question) -> Sequence[Any]:
    return [
        narrowed(findings(), question.filters).annotate(
            title=_TITLE,
            grade=_SEVERITY,
            where=Coalesce("instance__name", Value("third-party access")),
            app=Coalesce("application__name", "instance__application__name"),
            person_name=F("account__person__name"),
            finding_id_=F("pk"),
            person_id_=F("account__person"),
            instance_id_=F("instance__pk"),
            account_id_=F("account"),
        )
    ]


def _provenance(question: Question) -> Provenance:
    """What a rule could not be asked of is missing."""
    number = int(question["instance"]) if question["instance"] else None
    silent = {
        rule: said for rule, said in unasked(number).items() if question["rule"] in ("", rule)
    }
    also = dict.fromkeys(sentence for said in silent.values() for sentence in said)
    return provenance(STREAMS, None if number is None else [number], also)


REPORT = Report(
    slug="findings",
    title="Findings",
    description="What is wrong by one of the rules: leavers who can still sign in, administrators "
    "without a second factor, apps that nobody has approved, and more; each with its evidence.",
    columns=(
        Column("name", "What", link="finding", link_by="finding_id_"),
        Column("title", "Rule", sort_by="rule"),
        Column("grade", "Severity", sort_by="severity"),
        Column("said", "Evidence"),
        Column("where", "Where"),
        Column("app", "Application", aside=True),
        Column("person_name", "Person", link="person", link_by="person_id_", aside=True),
        Column("found_at", "Found", "moment"),
        Column("state", "State"),
        Column("accepted_until", "Accepted until", "date", aside=True),
        Column("reason", "Reason", aside=True),
        Column("accepted_by", "Accepted by", aside=True),
        Column("ended_at", "Ended", "moment", aside=True),
        Column("finding_id_", "Finding number", "id", hidden=True, sort_by="pk"),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("person_id_", "Person number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("-grade", "-finding_id_"),
    filters=(
        Filter("rule", "Rule", "choice", choices=lambda: [(r.slug, r.title) for r in RULES]),
        Filter("severity", "Severity", "choice", choices=lambda: GRADES),
        Filter("state", "State", "choice", default=Finding.OPEN, choices=lambda: STATES),
        application_filter(),
        instance_filter(),
        Filter("person", "Person number", hidden=True),
        Filter("account", "Account number", hidden=True),
        Filter("q", "Name or evidence"),
    ),
    has_past=False,
    keyed=True,
    costly=True,
    minds=Minds.EVERYTHING,
    empty="Nothing is found.",
)
