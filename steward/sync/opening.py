"""From a stored instance, or from what was just typed in, to a connector that can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import structlog
from django.conf import settings as django_settings

from steward.inventory import vault
from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector, Page, Tenant
from steward.sdk.context import Context, MemoryTokens, TokenStore
from steward.sdk.errors import Unauthorized, Unexpected
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network
from steward.sync.ahead import Halt
from steward.sync.budgets import budget_of
from steward.sync.clients import with_client
from steward.sync.turns import requesting
from steward.tracing import vendor_request

log = structlog.get_logger(__name__)


def network() -> Network:
    return Network.of(django_settings.STEWARD_ALLOWED_NETWORKS)


def with_defaults(connector: type[Connector], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings saved by an older version lack the fields that came since."""
    return {f.name: f.default for f in connector.settings} | dict(settings)


# What comes out of code that reads an answer which is not as it was described.
_MISREADINGS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


@contextmanager
def opened(connector: type[Connector], context: Context) -> Iterator[Connector]:
    with _misreadings_told():
        made = connector(context)
    try:
        yield made
    finally:
        made.close()


def check(connector: Connector) -> Tenant:
    with _misreadings_told():
        return connector.check()


def pages_of(connector: Connector, stream: str, cursor: Any) -> Iterator[Page[Any]]:
    with _misreadings_told():
        pages = getattr(connector, stream)(cursor)
    while True:
        with _misreadings_told():
            page = next(pages, None)
        if page is None:
            return
        yield page


@contextmanager
def _misreadings_told() -> Iterator[None]:
    try:
        yield
    except _MISREADINGS as error:
        log.exception("integration misread an answer")
        raise Unexpected(
            "The app gave an answer that this integration does not understand "
            f"({type(error).__name__}). Its API may have changed; please report it.",
        ) from error


def context_of(
    instance: Instance, halt: Halt, marks: Mapping[str, Any], charges_from: date
) -> Context:
    connector = integration_of(instance)
    try:
        auth, kept = vault.open_credential(instance)
    except vault.SealBroken as broken:
        raise Unauthorized(str(broken), final=True) from None
    return Context(
        settings=with_defaults(connector, instance.settings),
        credentials=with_client(connector, auth, kept),
        auth=auth,
        tokens=vault.StoredTokens(instance),
        network=network(),
        limiter=Limiter(halt.nap, budget_of(instance), requesting.place()),
        watch=vendor_request,
        since=instance.activity_since,
        marks=marks,
        charges_from=charges_from,
    )


def integration_of(instance: Instance) -> type[Connector]:
    try:
        return integrations()[instance.integration]
    except KeyError:
        raise Unexpected(
            f"The integration “{instance.integration}” is not installed any more."
        ) from None


@contextmanager
def connector_of(
    instance: Instance, halt: Halt, marks: Mapping[str, Any], charges_from: date
) -> Iterator[Connector]:
    """`halt` wakes whoever naps for the app's sake; `marks` are where changes may be read from."""
    context = context_of(instance, halt, marks, charges_from)
    with opened(integration_of(instance), context) as connector:
        yield connector


def trial_context(
    auth: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    tokens: TokenStore | None = None,
) -> Context:
    return Context(
        settings=dict(settings),
        credentials=dict(credentials),
        auth=auth,
        tokens=tokens or MemoryTokens(),
        network=network(),
        watch=vendor_request,
    )
