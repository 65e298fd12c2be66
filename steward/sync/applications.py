"""From the apps an instance shows to the applications the company uses.

What an admin has said of it (`Placement`) comes first, then the name it goes by; where that
application was merged, it is the one it was merged into.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance
from steward.inventory.merging import Placement
from steward.inventory.naming import key_of, known_names, plain
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector


def application_of(connector: type[Connector], settings: Mapping[str, Any]) -> Application:
    """What a new instance is an instance of."""
    return origin_of(connector, settings).now()


def origin_of(connector: type[Connector], settings: Mapping[str, Any]) -> Application:
    """The same, whatever was merged since. An integration that reads any app asks for its name in
    the setting `application`."""
    name = _name_in(settings)
    return named(name) if name else application_for(connector)


def key_of_instance(instance: Instance) -> str:
    """By which key its application was found first. It makes none."""
    name = _name_in(instance.settings)
    return key_of(name) if name else instance.integration


def _name_in(settings: Mapping[str, Any]) -> str:
    return str(settings.get("application") or "").strip()


def application_of_instance(instance: Instance) -> Application | None:
    """By what was said, or by its settings; None where its integration is gone."""
    placed = Placement.objects.filter(instance=instance, external_id="").first()
    if placed is not None:
        return placed.application.now()
    connector = integrations().get(instance.integration)
    return application_of(connector, instance.settings) if connector else None


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
        unlinked = list(SeenApp.objects.filter(instance=book, application=None))
        placed = placements_in(book) if unlinked else {}
        for app in unlinked:
            app.application = placed.get(app.external_id) or origin_of_app(app).now()
            app.save(update_fields=["application"])


def follow_merges(books: Collection[int]) -> None:
    """What was linked in the moment of a merge, and did not yet know of it."""
    merged = {"application__merged_into__isnull": False}
    for app in SeenApp.objects.filter(instance__in=books, **merged).select_related("application"):
        SeenApp.objects.filter(pk=app.pk).update(application=app.application.now())
    for instance in Instance.objects.filter(book__in=books, **merged).select_related("application"):
        Instance.objects.filter(pk=instance.pk).update(application=instance.application.now())


def placements_in(book: int) -> dict[str, Application]:
    rows = Placement.objects.filter(instance__book=book).exclude(external_id="")
    return {row.external_id: row.application.now() for row in rows.select_related("application")}


def origin_of_app(app: SeenApp) -> Application:
    known = known_names().get(plain(app.key))
    return application_for(known) if known else named(app.name)


def key_of_app(app: SeenApp) -> str:
    known = known_names().get(plain(app.key))
    return known.slug if known else key_of(app.name)


def named(name: str) -> Application:
    """The application found by that name, known or new, whatever was merged since."""
    known = known_names().get(plain(name))
    if known:
        return application_for(known)
    application, _ = Application.objects.get_or_create(
        key=key_of(name), defaults={"name": name[:300]}
    )
    return application
