"""Grants: what people have let apps do in their name, and what administrators have let apps do.

A person's consents are told by that person's page alone, so each user has to be asked. Consent can
be asked for by an OpenID Connect app only, whatever its `consent_method` (a request with
`prompt=consent` asks where the app itself does not), and ends when the app is deactivated. Where no
active app of that kind is there that people sign in to, nobody is asked. Who is assigned to such an
app says less: an app may be open to everybody without assignments, and a consent outlasts one.
Deactivated users have none and are not asked.

An administrator's grants are told app by app: Okta's own scopes, which reach the whole
organisation. API service integrations of Okta's catalogue are a list of their own; only an API
service app is known to be permitted to read it, so with an API token it is not asked for.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserGrant
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from itertools import chain as joined
from typing import Any, TypeAlias
from urllib.parse import quote

from steward.integrations.okta import granting
from steward.integrations.okta.asking import APP_GRANTS, APPS, SERVICES, USERS, Down, Gone, needing
from steward.integrations.okta.granting import Client
from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Page, Pages, Problem, page_of
from steward.sdk.errors import ConnectorError, Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import chain, fan_out, link_pages
from steward.sdk.records import App, Grant

Object: TypeAlias = dict[str, Any]
Granted: TypeAlias = Callable[[], Collection[str] | None]

# Users to a page: at ten answers a second, a checkpoint every few seconds.
SIZE = 50
# So many failures in a row are Okta's and not those of single users.
PATIENCE = 3


class Grants:
    """`own` is the client that Steward itself is; `granted` are the scopes of the credential, None
    where Okta does not say."""

    def __init__(self, http: Http, own: str, granted: Granted) -> None:
        self._http, self._own, self._granted = http, own, granted
        self._failed = 0

    def pages(self, after: Cursor) -> Pages[App | Grant]:
        with needing(APPS):
            clients = self._clients()
        passes: dict[str, Callable[[Cursor], Pages[App | Grant]]] = {
            "consents": partial(self._consents, clients),
            "granted": partial(self._of_apps, clients),
            "services": self._services,
        }
        yield from chain(after, passes)

    def _clients(self) -> dict[str, Client]:
        """As many as there are OpenID Connect apps, by the ID that grants know them by."""
        pages = link_pages(self._http, "/api/v1/apps", None, limit=200)
        found = (granting.client(item, self._own) for page, _ in pages for item in _items(page))
        return {client.id: client for client in found if client}

    def _consents(self, clients: dict[str, Client], after: Cursor) -> Pages[App | Grant]:
        """The users' list is walked page by page and never held whole. The cursor is the address of
        a page of users and the last of them that is done."""
        if not any(client.is_signed_in_to for client in clients.values()):
            yield Page(())
            return
        at, done = (after["page"], after.get("done", "")) if after else (None, "")
        with needing(USERS):
            for answer, following in link_pages(self._http, "/api/v1/users", at, limit=200):
                beyond = {"page": following} if following else None
                left = _after(done, _ids(_items(answer)))
                for part in _parts(left):
                    where = {"page": at, "done": part[-1]} if part else None
                    is_last = not part or part[-1] == left[-1]
                    yield self._of_users(part, clients).going_on_at(beyond if is_last else where)
                at, done = following, ""

    def _of_users(self, users: list[str], clients: dict[str, Client]) -> Page[App | Grant]:
        read = [self._of_user(user, clients) for user in users]
        problems = tuple(joined.from_iterable(page.problems for page in read))
        return Page(_once(joined.from_iterable(page.records for page in read)), None, problems)

    def _of_user(self, user: str, clients: dict[str, Client]) -> Page[App | Grant]:
        try:
            held = self._all_of(f"/api/v1/users/{_in_path(user)}/grants", limit=200)
        except Gone:
            return Page(())
        except (Down, Unexpected) as failed:
            return self._set_aside(user, failed)
        self._failed = 0
        return page_of(granting.by_client(held), partial(granting.consent, user, clients))

    def _set_aside(self, user: str, failed: ConnectorError) -> Page[App | Grant]:
        """Where Okta fails for one after another, it is not about these users."""
        self._failed += 1
        if self._failed >= PATIENCE:
            raise failed
        return Page((), None, (Problem(user, failed.message),))

    def _of_apps(self, clients: dict[str, Client], after: Cursor) -> Pages[App | Grant]:
        foreign = sorted((c for c in clients.values() if c.is_foreign), key=_id)
        with needing(APP_GRANTS):
            yield from fan_out(after, foreign, _id, self._of_app)

    def _of_app(self, client: Client, after: Cursor) -> Pages[App | Grant]:
        """None where it has been deleted since it was listed."""
        with suppress(Gone):
            held = self._all_of(f"/api/v1/apps/{_in_path(client.app.id)}/grants")
            yield page_of([held], partial(granting.permissions, client))

    def _all_of(self, path: str, **asked: Any) -> list[Object]:
        """As many as there are scopes, or for a user a few for each app."""
        pages = link_pages(self._http, path, None, **asked)
        return [item for answer, _ in pages for item in _items(answer)]

    def _services(self, after: Cursor) -> Pages[App | Grant]:
        if SERVICES not in (self._granted() or ()):
            yield Page(())
            return
        with needing(SERVICES):
            for answer, cursor in link_pages(
                self._http, "/integrations/api/v1/api-services", after
            ):
                yield page_of(_items(answer), granting.service, cursor)


def _items(answer: Answer) -> list[Object]:
    found = answer.json()
    if not isinstance(found, list):
        raise Unexpected("Okta answered with something else than the list that was asked for.")
    return found


def _ids(users: Iterable[Any]) -> list[str]:
    """Who has no ID is told of with the accounts, and can be asked for nothing."""
    return [str(user["id"]) for user in users if isinstance(user, dict) and user.get("id")]


def _once(records: Iterable[App | Grant]) -> tuple[App | Grant, ...]:
    """An app is told of once a page."""
    told = list(records)
    apps = {record.id: record for record in told if isinstance(record, App)}
    return (*apps.values(), *(record for record in told if isinstance(record, Grant)))


def _parts(users: list[str]) -> list[list[str]]:
    return [users[at : at + SIZE] for at in range(0, len(users), SIZE)] or [[]]


def _after(done: str, users: list[str]) -> list[str]:
    """All of them, where the one that was last has gone meanwhile."""
    return users[users.index(done) + 1 :] if done in users else users


def _id(client: Client) -> str:
    return client.id


def _in_path(own_id: str) -> str:
    return quote(own_id, safe="")
