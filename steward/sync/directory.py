"""Choosing who is believed about who is employed: instances, and the imported people list."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from steward.inventory import moments
from steward.inventory.company import Company
from steward.inventory.edit import Edit
from steward.inventory.instance import Instance
from steward.sync.anew import all_anew


@transaction.atomic
def choose(instances: Collection[int], *, by: str, people_list: bool | None = None) -> None:
    """By number; none means whoever any directory lists. The `people_list` goes before them all
    where it is believed; None leaves that as it is. People are described anew behind."""
    changed = people_list is not None and _believe_list(people_list, by)
    for instance in Instance.objects.present().order_by("pk"):
        believed = instance.pk in instances
        rows = Instance.objects.filter(pk=instance.pk).exclude(says_who_works=believed)
        if rows.update(says_who_works=believed):
            moments.record(instance, "believed" if believed else "not_believed", by)
            changed = True
    if changed:
        all_anew()


def _believe_list(believed: bool, by: str) -> bool:
    company = Company.get()
    if company.people_list_believed == believed:
        return False
    before, company.people_list_believed = {"people_list_believed": not believed}, believed
    company.save()
    after = {"people_list_believed": believed}
    facts = {"kind": "company", "object": 1, "name": "Company", "what": "changed"}
    Edit.objects.create(**facts, before=before, after=after, by=by)
    return True
