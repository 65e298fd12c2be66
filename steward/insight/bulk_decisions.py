"""Decisions on many accounts of a review at once: what was asked, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.insight.facts import Facts, moment_text
from steward.insight.reports.review_items import ITEMS, narrowed
from steward.inventory.review import BulkDecision, Review


def fitting(review: Review, asked: Mapping[str, str]) -> Any:
    """The accounts of a review that fit, as on its page. Raises `BadRequest`."""
    return narrowed(ITEMS.run({**asked, "review": str(review.pk)}).question)


def names() -> list[str]:
    """What can be asked."""
    return [one.name for one in ITEMS.filters if one.name != "review"]


def bulks_of(review: Review) -> Any:
    return review.bulk_decisions.defer("chosen").order_by("-pk")


def running(review: Review) -> list[BulkDecision]:
    return list(bulks_of(review).filter(state=BulkDecision.RUNNING))


def in_words(asked: Mapping[str, str]) -> str:
    """ "" where all were meant."""
    said = []
    for one in ITEMS.filters:
        if value := asked.get(one.name):
            labels = dict(one.choices()) if one.choices else {}
            said.append(f"{one.label}: {labels.get(value, value)}")
    return ", ".join(said)


def facts_of(bulk: BulkDecision) -> Facts:
    return {
        "id": bulk.pk,
        "review": bulk.review_id,
        "decision": bulk.decision,
        "comment": bulk.comment,
        "asked": bulk.asked,
        "state": bulk.state,
        "accounts": bulk.total,
        "looked_at": bulk.looked_at,
        "decided": bulk.decided,
        "left_alone": bulk.looked_at - bulk.decided,
        "by": bulk.by,
        "at": moment_text(bulk.at),
        "ended_at": moment_text(bulk.ended_at),
    }
