"""From the apps an instance shows to the applications the company uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import transaction

from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector


def application_of(connector: type[Connector], settings: Mapping[str, Any]) -> Application:
    """What an instance is an instance of. An integration that reads any app asks for its name in
    the setting `application`."""
    name = str(settings.get("application") or "").strip()
    return _named(name) if name else application_for(connector)


def application_for(connector: type[Connector]) -> Application:
    application, _ = Application.objects.get_or_create(
        key=connector.slug,
        defaults={
            "name": connector.name,
            "integration": connector.slug,
            "category": connector.category,
        },
    )
    return application


def link_apps(book: int) -> None:
    """Every app of the book that has no application yet gets the one it is, known or new."""
    with transaction.atomic():
        for app in SeenApp.objects.filter(instance=book, application=None):
            app.application = _application_of(app)
            app.save(update_fields=["application"])


def _application_of(app: SeenApp) -> Application:
    known = known_names().get(_plain(app.key))
    return application_for(known) if known else _named(app.name)


def _named(name: str) -> Application:
    known = known_names().get(_plain(name))
    if known:
        return application_for(known)
    key = f"app:{_plain(name) or name}"[:300]
    application, _ = Application.objects.get_or_create(key=key, defaults={"name": name[:300]})
    return application


@cache
def known_names() -> dict[str, type[Connector]]:
    """Integrations that read any app of a kind (SCIM, LDAP, CSV) are no app themselves."""
    return {
        _plain(name): connector
        for connector in integrations().values()
        if connector.kind != "custom"
        for name in (connector.slug, connector.name, *connector.also_known_as)
    }


def _plain(name: str) -> str:
    return re.sub(r"\W+", "", name.casefold())
