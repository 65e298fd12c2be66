"""The OAuth app that an instance uses: its own, or the operator's for that integration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.inventory import vault
from steward.inventory.consent import AppClient
from steward.inventory.instance import Instance
from steward.sdk.catalogue import offering_consent
from steward.sdk.connector import Connector
from steward.sdk.errors import Unauthorized
from steward.sdk.fields import FieldError
from steward.sync.problems import Conflict, Invalid, refuse

LONGEST = 300


def with_client(
    connector: type[Connector], auth: str, credentials: Mapping[str, Any]
) -> dict[str, Any]:
    """The credential as a connector is given it."""
    if connector.option(auth).consent is None or credentials.get("client_id"):
        return dict(credentials)
    try:
        found = vault.open_client(connector.slug)
    except vault.SealBroken as broken:
        raise Unauthorized(str(broken), final=True) from None
    if found is None:
        raise Unauthorized(none_known(connector), final=True)
    return {**credentials, "client_id": found[0], "client_secret": found[1]}


def none_known(connector: type[Connector]) -> str:
    return (
        f"No OAuth app is known for {connector.name}. Enter its client ID and secret under "
        "Settings, App clients, or here for this instance."
    )


def is_known(slug: str) -> bool:
    return AppClient.objects.filter(integration=slug).exists()


def set_client(slug: str, client_id: str, secret: str | None, by: str) -> None:
    """Without a `secret` the present one stays, as long as the client ID does; an empty one is
    that of a public client."""
    _offered(slug)
    client_id = client_id.strip()
    refuse(_wrong(client_id))
    if secret is None:
        kept = vault.open_client(slug)
        if kept is None or kept[0] != client_id:
            raise Invalid(
                [FieldError("client_secret", "Enter the secret that goes with this client ID.")]
            )
        secret = kept[1]
    vault.keep_client(slug, client_id, secret.strip(), by)


def remove_client(slug: str) -> None:
    """Not while an instance lives by it."""
    _offered(slug)
    users = using(slug)
    if users:
        names = ", ".join(f"“{instance.name}”" for instance in users)
        raise Conflict(
            f"The OAuth app is used by {names}. Give these another credential first, or delete "
            "them.",
            "in_use",
            users[0],
        )
    AppClient.objects.filter(integration=slug).delete()


def using(slug: str) -> list[Instance]:
    """The instances that live by the operator's client."""
    connector = _offered(slug)
    rows = Instance.objects.present().filter(integration=slug).select_related("credential")
    return [row for row in rows.order_by("name") if _lives_by_it(connector, row)]


def _lives_by_it(connector: type[Connector], instance: Instance) -> bool:
    if connector.option(instance.credential.auth).consent is None:
        return False
    try:
        _, credentials = vault.open_credential(instance)
    except vault.SealBroken:
        return True
    return not credentials.get("client_id")


def _offered(slug: str) -> type[Connector]:
    known = offering_consent()
    if slug not in known:
        names = ", ".join(known) or "none"
        raise Invalid(
            [
                FieldError(
                    "integration",
                    f"“{slug}” is no integration with an OAuth app. These have one: {names}.",
                )
            ]
        )
    return known[slug]


def _wrong(client_id: str) -> list[FieldError]:
    if not client_id:
        return [FieldError("client_id", "The client ID is needed.")]
    if len(client_id) > LONGEST or not client_id.isprintable():
        return [FieldError("client_id", "This is no client ID; copy it once more.")]
    return []
