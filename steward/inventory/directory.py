"""Whom to believe about people: who is employed, and what is said of them.

Unless an admin has chosen, whoever any directory or sign-on service lists as active works here.
"""

from __future__ import annotations

from django.db.models import Q

from steward.inventory.instance import Instance, InstanceQuerySet
from steward.sdk.catalogue import integrations

KINDS = ("sso", "directory")
BELIEVED_LIST, CHOSEN, DIRECTORY, OTHER = 3, 2, 1, 0


def is_directory(integration: str) -> bool:
    connector = integrations().get(integration)
    return connector is not None and connector.kind in KINDS


def rank(integration: str, says_who_works: bool) -> int:
    """How much an instance's word counts: a chosen one's most, then a directory's."""
    if says_who_works:
        return CHOSEN
    return DIRECTORY if is_directory(integration) else OTHER


def rank_of(instance: Instance) -> int:
    return rank(instance.integration, instance.says_who_works)


def rank_now(instance: Instance) -> int:
    """As an admin may have decided since the instance was read from the database."""
    chosen_now = Instance.objects.filter(pk=instance.pk, says_who_works=True).exists()
    return rank(instance.integration, chosen_now)


def describing() -> Q:
    """Rows with an `instance` whose word about people counts at all."""
    return Q(instance__integration__in=_directories()) | Q(instance__says_who_works=True)


def deciding() -> Q:
    """Rows with an `instance` that says who is employed."""
    if chosen().exists():
        return Q(instance__says_who_works=True)
    return Q(instance__integration__in=_directories())


def directories() -> list[int]:
    """The numbers of the instances that say who is employed."""
    believed = chosen()
    if not believed.exists():
        believed = Instance.objects.present().filter(integration__in=_directories())
    return list(believed.values_list("pk", flat=True))


def chosen() -> InstanceQuerySet:
    return Instance.objects.present().filter(says_who_works=True)


def _directories() -> list[str]:
    return [slug for slug in integrations() if is_directory(slug)]
