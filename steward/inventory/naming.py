"""By which name an application is known, and which one it is now.

Whatever names an application (an instance, an app that is shown, a vendor on a statement) is
looked up here, and so follows every merge. Nothing is made here.
"""

from __future__ import annotations

import re
from functools import cache

from steward.inventory.application import Application
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector


@cache
def known_names() -> dict[str, type[Connector]]:
    """Integrations that read any app of a kind (SCIM, LDAP, CSV) are no app themselves."""
    return {
        plain(name): connector
        for connector in integrations().values()
        if connector.kind != "custom"
        for name in (connector.slug, connector.name, *connector.also_known_as)
    }


def plain(name: str) -> str:
    return re.sub(r"\W+", "", name.casefold())


def key_of(name: str) -> str:
    """`Application.key` of what is called that."""
    known = known_names().get(plain(name))
    return known.slug if known else f"app:{plain(name) or name}"[:300]


def application_named(name: str) -> Application | None:
    """The application that is called that, or was before it was merged or renamed."""
    found: Application | None = Application.objects.filter(key=key_of(name)).first()
    if found is None:
        found = Application.objects.filter(name__iexact=name.strip()).order_by("pk").first()
    return found.now() if found else None
