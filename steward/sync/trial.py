"""Trying a credential out before anything is saved: who answers, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings as django_settings

from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector, Tenant
from steward.sdk.context import TokenStore
from steward.sdk.errors import ConnectorError
from steward.sdk.fields import AuthOption, FieldError, Scope, clean
from steward.sdk.tokens import scopes_in
from steward.sync.clients import is_known, none_known, with_client
from steward.sync.opening import check, opened, trial_context
from steward.sync.problems import Conflict, Invalid, Refused
from steward.sync.scopes import lacking


@dataclass(frozen=True)
class Entry:
    """What a person entered, tidied: values of known fields only. `tokens` are what a consent has
    brought, or a refresh token that somebody had already."""

    connector: type[Connector]
    auth: str
    settings: dict[str, Any]
    credentials: dict[str, Any]
    tokens: Mapping[str, Any] = field(default_factory=dict)

    @property
    def option(self) -> AuthOption:
        return self.connector.option(self.auth)


@dataclass(frozen=True)
class Trial:
    """Who answered; `granted` are the scopes, None where neither app nor token names them."""

    tenant: Tenant
    granted: frozenset[str] | None
    missing: tuple[Scope, ...]
    same_tenant: Instance | None
    tokens: dict[str, Any]


def try_out(
    slug: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    auth: str = "",
    tokens: Mapping[str, Any] | None = None,
) -> Trial:
    return ask(entry_of(slug, settings, credentials, auth, tokens))


def entry_of(
    slug: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    auth: str = "",
    tokens: Mapping[str, Any] | None = None,
) -> Entry:
    connector = integration(slug)
    option = _option(connector, auth, credentials)
    settings, wrong = clean(connector.settings, settings)
    credentials, also_wrong = clean(option.fields, credentials)
    errors = [FieldError(f"settings.{e.field}", e.message) for e in wrong]
    errors += [FieldError(f"credentials.{e.field}", e.message) for e in also_wrong]
    if option.consent and not also_wrong:
        errors += _wrong_client(connector, credentials)
    if errors:
        raise Invalid(errors)
    had = credentials.pop("refresh_token", None) if option.consent else None
    given = tokens or ({"refresh_token": had} if had else {})
    return Entry(connector, option.name, settings, credentials, given)


def _wrong_client(connector: type[Connector], credentials: Mapping[str, Any]) -> list[FieldError]:
    if credentials.get("client_id"):
        return []
    if credentials.get("client_secret"):
        return [FieldError("credentials.client_id", "Enter the client ID of this secret too.")]
    if not is_known(connector.slug):
        return [FieldError("credentials.client_id", none_known(connector))]
    return []


def integration(slug: str) -> type[Connector]:
    try:
        return integrations()[slug]
    except KeyError:
        known = ", ".join(integrations())
        raise Invalid(
            [FieldError("integration", f"There is no integration “{slug}”. There are: {known}.")]
        ) from None


def _option(connector: type[Connector], auth: str, given: Mapping[str, Any]) -> AuthOption:
    """The way to sign in that was named, or else the one whose fields were filled in."""
    if auth:
        for option in connector.auth:
            if option.name == auth:
                return option
        names = ", ".join(option.name for option in connector.auth)
        raise Invalid([FieldError("auth", f"“{auth}” is none of the ways to sign in: {names}.")])
    filled = {name for name, value in given.items() if value not in (None, "")}
    return max(connector.auth, key=lambda option: len(filled & {f.name for f in option.fields}))


def ask(entry: Entry, besides: Instance | None = None, tokens: TokenStore | None = None) -> Trial:
    """Raises Refused where the app does; `besides` is the instance that is being edited, and
    `tokens` are its own where the credential stays."""
    if entry.option.consent and not entry.tokens and tokens is None:
        raise _consent_needed(entry.connector, besides)
    try:
        credentials = with_client(entry.connector, entry.auth, entry.credentials)
        context = trial_context(entry.auth, entry.settings, credentials, tokens)
        if tokens is None:
            context.tokens.save(entry.tokens)
        with opened(entry.connector, context) as connector:
            tenant = check(connector)
    except ConnectorError as error:
        raise Refused.by(error) from error
    earned = context.tokens.load()
    granted = scopes_in(earned) if tenant.scopes is None else tenant.scopes
    missing = lacking(entry.option, granted)
    _refuse_useless(missing)
    same = _same_tenant(entry.connector.slug, tenant, besides)
    return Trial(tenant, granted, missing, same, earned)


def _consent_needed(connector: type[Connector], instance: Instance | None) -> Conflict:
    """A consent is given in a browser; whoever has none must be told which page to open there."""
    path = (
        f"instances/{instance.pk}/credential"
        if instance
        else f"integrations/{connector.slug}/connect"
    )
    return Conflict(
        f"{connector.name} itself asks an admin to agree, in a browser: open "
        f"{django_settings.STEWARD_BASE_URL}/{path}/. Whoever has a refresh token of the same "
        "OAuth app can give it as the credential refresh_token instead.",
        "consent_needed",
        instance,
    )


def _refuse_useless(missing: tuple[Scope, ...]) -> None:
    names = tuple(scope.name for scope in missing if scope.required)
    if names:
        raise Refused(
            f"The credential works but lacks {', '.join(names)}, without which nothing can be "
            "read. Grant it in the app, then try again.",
            "forbidden",
            names,
        )


def _same_tenant(slug: str, tenant: Tenant, besides: Instance | None) -> Instance | None:
    rows = Instance.objects.present().filter(integration=slug, tenant_id=tenant.id[:300])
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    found: Instance | None = rows.order_by("pk").first()
    return found
