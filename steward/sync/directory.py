"""Choosing the instances that are believed about who is employed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from steward.inventory import moments
from steward.inventory.instance import Instance
from steward.sync.describing import all_anew


@transaction.atomic
def choose(instances: Collection[int], *, by: str) -> None:
    """By number; none means whoever any directory lists. People are described anew behind."""
    changed = False
    for instance in Instance.objects.present().order_by("pk"):
        believed = instance.pk in instances
        rows = Instance.objects.filter(pk=instance.pk).exclude(says_who_works=believed)
        if rows.update(says_who_works=believed):
            moments.record(instance, "believed" if believed else "not_believed", by)
            changed = True
    if changed:
        all_anew()
