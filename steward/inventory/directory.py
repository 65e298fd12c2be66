"""Which instances are asked who works for the company."""

from __future__ import annotations

from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations

PLACES = ("sso", "directory")


def directories() -> list[int]:
    slugs = [slug for slug, connector in integrations().items() if connector.kind in PLACES]
    return list(
        Instance.objects.present().filter(integration__in=slugs).values_list("pk", flat=True)
    )
