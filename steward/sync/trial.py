"""Trying a credential out before anything is saved: who answers, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector, Tenant
from steward.sdk.errors import ConnectorError
from steward.sdk.fields import AuthOption, FieldError, Scope, clean
from steward.sync.opening import check, opened, trial_context
from steward.sync.problems import Invalid, Refused


@dataclass(frozen=True)
class Entry:
    """What a person entered, tidied: values of known fields only."""

    connector: type[Connector]
    auth: str
    settings: dict[str, Any]
    credentials: dict[str, Any]


@dataclass(frozen=True)
class Trial:
    tenant: Tenant
    missing: tuple[Scope, ...]
    same_tenant: Instance | None
    tokens: dict[str, Any]


def try_out(
    slug: str, settings: Mapping[str, Any], credentials: Mapping[str, Any], auth: str = ""
) -> Trial:
    return ask(entry_of(slug, settings, credentials, auth))


def entry_of(
    slug: str, settings: Mapping[str, Any], credentials: Mapping[str, Any], auth: str = ""
) -> Entry:
    connector = integration(slug)
    option = _option(connector, auth, credentials)
    settings, wrong = clean(connector.settings, settings)
    credentials, also_wrong = clean(option.fields, credentials)
    errors = [FieldError(f"settings.{e.field}", e.message) for e in wrong]
    errors += [FieldError(f"credentials.{e.field}", e.message) for e in also_wrong]
    if errors:
        raise Invalid(errors)
    return Entry(connector, option.name, settings, credentials)


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


def ask(entry: Entry, besides: Instance | None = None) -> Trial:
    """Raises Refused where the app does; `besides` is the instance that is being edited."""
    context = trial_context(entry.auth, entry.settings, entry.credentials)
    try:
        with opened(entry.connector, context) as connector:
            tenant = check(connector)
    except ConnectorError as error:
        raise Refused.by(error) from error
    missing = missing_scopes(entry.connector.option(entry.auth), tenant)
    _refuse_useless(missing)
    same = _same_tenant(entry.connector.slug, tenant, besides)
    return Trial(tenant, missing, same, context.tokens.load())


def missing_scopes(option: AuthOption, tenant: Tenant) -> tuple[Scope, ...]:
    """Empty where the app does not say what it granted: then the streams will show it."""
    if tenant.scopes is None:
        return ()
    return tuple(scope for scope in option.scopes if scope.name not in tenant.scopes)


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
