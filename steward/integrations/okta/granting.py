"""Okta's grants, of people and of administrators, as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from steward.integrations.okta.mapping import Object, app_of, is_machine, is_oktas_own, time_of
from steward.sdk.records import App, Grant

SIGNED_IN_BY = "OPENID_CONNECT"
Told: TypeAlias = App | Grant


@dataclass(frozen=True)
class Client:
    """An OpenID Connect or service app. Okta's own and Steward's are not `is_foreign`; grants of
    theirs are no third party's."""

    id: str
    app: App
    is_foreign: bool
    is_signed_in_to: bool


def client(item: Any, own: str) -> Client | None:
    """None for an app of another kind, a deleted one, and for what is none."""
    if not isinstance(item, dict) or not item.get("id") or not item.get("name"):
        return None
    known = (item.get("credentials") or {}).get("oauthClient") or {}
    if item.get("status") == "DELETED" or not (known or item.get("signOnMode") == SIGNED_IN_BY):
        return None
    app = app_of(item)
    own_id = str(known.get("client_id") or app.id)
    foreign = not is_oktas_own(item) and own not in (own_id, app.id)
    return Client(own_id, app, foreign, foreign and app.active and not is_machine(item))


def by_client(consents: Iterable[Object]) -> Iterator[list[Object]]:
    """Okta has a grant for each scope; what one person lets one app do is one."""
    found: dict[Any, list[Object]] = {}
    for consent in consents:
        name = consent.get("clientId") if isinstance(consent, dict) else None
        found.setdefault(name, []).append(consent)
    yield from found.values()


def consent(user: str, clients: Mapping[str, Client], items: list[Object]) -> tuple[Told, ...]:
    """What one person lets one app do."""
    known = clients.get(str(items[0]["clientId"]))
    if known and not known.is_foreign:
        return ()
    return _told(known.app if known else _named(items[0]), user, items)


def permissions(client: Client, items: list[Object]) -> tuple[Told, ...]:
    """What administrators have permitted an app: Okta's scopes, which reach everybody."""
    return _told(client.app, "", items)


def _told(app: App, account: str, items: list[Object]) -> tuple[Told, ...]:
    """Of scopes that were agreed to one after another, the last time is told."""
    held = [item for item in items if item.get("status") != "REVOKED"]
    if not held:
        return ()
    last = max(held, key=lambda item: str(item.get("created") or ""))
    grant = Grant(
        app=app.id,
        account=account,
        scopes=tuple(sorted(str(item["scopeId"]) for item in held)),
        granted_at=time_of(last.get("created")),
        granted_by=account or _user_in(last.get("createdBy") or {}),
    )
    return (app, grant)


def _user_in(actor: Object) -> str:
    return str(actor.get("id") or "") if actor.get("type") == "User" else ""


def _named(item: Object) -> App:
    """A client that is on no list of apps; the grant says what it is called."""
    own_id = str(item["clientId"])
    link = (item.get("_links") or {}).get("client") or {}
    return App(id=own_id, name=str(link.get("title") or own_id))


def service(item: Object) -> tuple[Told, ...]:
    """An API service integration; `type` is its name in Okta's catalogue."""
    key = str(item["type"])
    app = App(id=str(item["id"]), name=str(item.get("name") or key), key=key)
    grant = Grant(
        app=app.id,
        scopes=tuple(map(str, item.get("grantedScopes") or ())),
        granted_at=time_of(item.get("createdAt")),
        granted_by=str(item.get("createdBy") or ""),
    )
    return (app, grant)
