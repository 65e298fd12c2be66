"""Instances that need a person, each with the reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from steward.insight.provenance import age
from steward.inventory.instance import Instance
from steward.inventory.lifecycle import State

EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Attention:
    instance: Instance
    kind: str
    sentence: str


def needing_attention() -> list[Attention]:
    """The gravest first; an instance appears once, with its gravest reason."""
    found = [reason for i in Instance.objects.present() if (reason := why(i))]
    order = ["revoked", "removals_held", "failing", "expires", "stale"]
    return sorted(found, key=lambda a: (order.index(a.kind), a.instance.name))


def why(instance: Instance) -> Attention | None:
    if instance.state == State.REVOKED:
        return Attention(instance, "revoked", f"Not syncing: {instance.reason}")
    if instance.removals_held:
        said = f"{instance.removals_held} accounts would disappear; decide whether they should."
        return Attention(instance, "removals_held", said)
    if instance.state == State.FAILING:
        return Attention(instance, "failing", f"The last sync failed: {instance.reason}")
    expires = instance.secret_expires_at
    if expires and expires < timezone.now() + EXPIRES_SOON:
        return Attention(instance, "expires", _ending(expires))
    if instance.syncs and instance.is_stale():
        last = instance.last_synced_at
        said = f"Its data is {age(last)} old." if last else "It has never been read."
        return Attention(instance, "stale", said)
    return None


def _ending(expires: datetime) -> str:
    if expires <= timezone.now():
        return f"Its credential ended on {expires:%-d %B %Y}; enter a new one."
    days = (expires - timezone.now()).days
    left = f"in {days} days" if days > 1 else "within two days"
    return f"Its credential ends {left}, on {expires:%-d %B %Y}; enter a new one before."
