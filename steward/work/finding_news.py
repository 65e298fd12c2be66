"""Telling webhooks of findings: of each rule one message for what is new and one for what has
ended, however many findings these are.

What is to be told is written with the findings themselves, span by span, and told when all spans
were gone through: what a worker that dies in the middle has found is told by the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from steward.insight.findings.catalogue import RULES
from steward.insight.findings.rule import Rule
from steward.inventory.finding import Finding, FindingsTold, severity_word
from steward.notify.events import ENDED, FOUND
from steward.notify.webhooks import announce


def note(rule: Rule, found: Iterable[int], ended: int) -> None:
    """In the transaction of the findings; `found` are the severities of the new ones."""
    counts = Counter(severity_word(level) for level in found)
    if not counts and not ended:
        return
    told = FindingsTold.objects.select_for_update().get(pk=1)
    before = told.news.get(rule.slug, {})
    counts.update(before.get("found", {}))
    news = {"found": dict(counts), "ended": before.get("ended", 0) + ended}
    told.news = {**told.news, rule.slug: news}
    told.save(update_fields=["news"])


@transaction.atomic
def tell() -> None:
    told = FindingsTold.objects.select_for_update().get(pk=1)
    for rule in RULES:
        news = told.news.get(rule.slug)
        if news and news["found"]:
            announce(FOUND, _data(rule, sum(news["found"].values()), by_severity=news["found"]))
        if news and news["ended"]:
            announce(ENDED, _data(rule, news["ended"], state=Finding.ENDED))
    if told.news:
        told.news = {}
        told.save(update_fields=["news"])


def _data(rule: Rule, count: int, state: str = "", **more: Any) -> dict[str, Any]:
    asked = f"rule={rule.slug}" + (f"&state={state}" if state else "")
    return {
        "rule": rule.slug,
        "title": rule.title,
        "severity": severity_word(rule.severity),
        "count": count,
        **more,
        "at": timezone.now().isoformat(),
        "url": f"{settings.STEWARD_BASE_URL}/secure/findings/?{asked}",
    }
