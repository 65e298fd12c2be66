"""All rules, the gravest first."""

from __future__ import annotations

from steward.insight.findings import admins, outsiders, owners, sign_on, third_party
from steward.insight.findings.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *owners.RULES,
            *admins.RULES,
            *outsiders.RULES,
            *sign_on.RULES,
            *third_party.RULES,
        ),
        key=lambda rule: -rule.severity,
    )
)
BY_SLUG = {rule.slug: rule for rule in RULES}


def title_of(slug: str) -> str:
    """That of a rule there is no more is its slug."""
    rule = BY_SLUG.get(slug)
    return rule.title if rule else slug
