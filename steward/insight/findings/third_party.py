"""Third-party apps that may do grave things and that nobody has approved."""

from __future__ import annotations

from collections.abc import Iterator

from steward.insight.findings.knowing import Knowing
from steward.insight.findings.rule import Rule, Seen, Span
from steward.insight.secure import accesses, applications_with_access
from steward.inventory.finding import HIGH
from steward.sdk.scopes import HIGH as HIGH_RISK


def _unapproved(span: Span, knowing: Knowing) -> Iterator[Seen]:
    rows = applications_with_access().filter(level__gte=HIGH_RISK)
    for access in accesses(rows.exclude(application__status="approved").order_by("pk")):
        row, said = access.row, access.application
        people = f"{row.people} {'person' if row.people == 1 else 'people'} let it in."
        people = people if row.people or not row.for_all else ""
        refused = "It is marked as unapproved." if said.status == "unapproved" else ""
        evidence = {
            "status": said.status,
            "risk": access.risk,
            "scope": row.because,
            "for_everybody": row.for_all,
            "people": row.people,
        }
        sentence = " ".join(part for part in (access.sentence, people, refused) if part)
        # Risks and severities are the same four words.
        yield Seen(row.pk, None, said.name[:300], row.level, sentence, evidence)


RULES = (
    Rule(
        slug="unapproved-app",
        title="Unapproved app with sensitive scopes",
        one="app with sensitive access that nobody has approved",
        many="apps with sensitive access that nobody has approved",
        severity=HIGH,
        means="A third-party app that was let in, by people for themselves or for everybody, that "
        "holds a scope of high or critical risk, and that nobody has approved. It is as severe as "
        "the gravest scope. Scopes that Steward does not know count for nothing.",
        todo="Look at what it may do. Approve it, or take the access back at the vendor as its "
        "page describes.",
        found=_unapproved,
        of_applications=True,
    ),
)
