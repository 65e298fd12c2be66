"""Okta: the workforce directory, and through it the apps people sign on to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from steward.integrations.okta import asking, mapping, second_factor
from steward.integrations.okta.asking import Gone, needing
from steward.integrations.okta.grants import Grants
from steward.sdk.answer import Answer
from steward.sdk.auth import ApiKey, PrivateKeyJwt
from steward.sdk.connector import Connector, Cursor, Page, Pages, R, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import chain, fan_out, link_pages, url_pages
from steward.sdk.records import Account, Activity, App, Assignment, Grant, Group, Membership
from steward.sdk.roles import Roles
from steward.sdk.unread import UnreadPage, joined

# Okta keeps its System Log for 90 days.
LOG_REACH = timedelta(days=90)
OLDEST = datetime.min.replace(tzinfo=UTC)
SIGN_INS = (
    '(eventType eq "user.authentication.sso" or eventType eq "user.session.start") '
    'and outcome.result eq "SUCCESS"'
)
Object = dict[str, Any]
P = TypeVar("P", Group, App)


class Okta(Connector):
    slug = "okta"
    name = "Okta"
    summary = (
        "Users, groups, administrator roles, apps, who is assigned to them, sign-ons, and the "
        "access that apps were given."
    )
    category = "Identity"
    kind = "sso"
    settings = asking.SETTINGS
    auth = asking.AUTH
    # A Report Administrator reads reports and changes nothing. A Read-Only Administrator changes
    # nothing either, but sees everybody and everything, and is counted.
    roles = Roles(by_groups=True, harmless=frozenset({"report administrator"}))
    needs_assignment = True
    active_means = "The last sign-in to Okta"
    also_known_as = ("okta_org2org",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.url = context.settings["url"]
        self.signed_in = _sign_in(context, self.url)
        self.http = Http(context, self.url, auth=self.signed_in, rules=asking.RULES)

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        """Reading one user proves the credential, and the permission nothing works without. The
        organisation's id is open to all; its name needs a permission of its own."""
        with needing(asking.USERS):
            self.http.get("/api/v1/users", limit=1)
        try:
            about = _object(self.http.get("/api/v1/org"))
        except Forbidden:
            about = _object(self.http.get("/.well-known/okta-organization"))
        if not about.get("id"):
            raise Unexpected("Okta answers, but does not say which organisation it is.")
        name = about.get("companyName") or urlsplit(self.url).hostname
        return Tenant(str(about["id"]), str(name), self._granted())

    def accounts(self, after: Cursor) -> Pages[Account]:
        """Okta leaves deactivated users out of its list unless they are asked for. They come
        second, so that whoever is deactivated in between is not missed."""
        factors = second_factor.of(self.http, self._administrators())
        gone = partial(self._users, {}, 'status eq "DEPROVISIONED"')
        current = partial(self._users, factors, None)
        with needing(asking.USERS):
            yield from chain(after, {"current": current, "deprovisioned": gone})

    def _administrators(self) -> list[str]:
        """None where Okta does not tell; the stream of groups says then what is missing."""
        with suppress(Forbidden):
            pages = self._admins(None)
            return [str(user["id"]) for answer, _ in pages for user in _admins(answer)]
        return []

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        yield from chain(
            after, {"groups": self._groups, "members": self._members, "roles": self._roles}
        )

    def apps(self, after: Cursor) -> Pages[App | Assignment]:
        with needing(asking.APPS):
            yield from chain(after, {"apps": self._apps, "assigned": self._assignments})

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        own = str(self.context.credentials.get("client_id") or "")
        yield from Grants(self.http, own, self._granted).pages(after)

    def activity(self, after: Cursor) -> Pages[Activity]:
        """Days of sign-in, of what Okta still remembers."""
        since = max(self.context.since or OLDEST, self.context.now - LOG_REACH)
        with needing(asking.LOGS):
            for events, cursor in self._log(since, after):
                yield page_of(events, mapping.activity, cursor)

    def _log(self, since: datetime, after: Cursor) -> Iterator[tuple[list[Object], Cursor]]:
        """With `until` the log ends like any list; without it, Okta offers a next page for ever.
        Should it do so all the same, two empty pages in a row are the end; one may be a slip."""
        span = {"since": _stamp(since), "until": _stamp(self.context.now)}
        begin = partial(self.http.get, "/api/v1/logs", filter=SIGN_INS, limit=1000, **span)
        answer = self.http.get(after) if after else begin()
        seen: set[str] = set()
        empty = 0
        while True:
            events, following = _items(answer), answer.next_link()
            empty = 0 if events else empty + 1
            if events and following in seen:
                raise Unexpected("Okta keeps sending the same page of its log.")
            if not following or empty == 2:
                yield events, None
                return
            yield events, following
            seen.add(following)
            answer = self.http.get(following)

    def _users(self, factors: dict[str, bool], only: str | None, after: Cursor) -> Pages[Account]:
        for answer, cursor in link_pages(self.http, "/api/v1/users", after, limit=200, filter=only):
            items = list(joined(answer.items(), second_factor.FIELD, factors))
            yield UnreadPage(items, mapping.account, cursor)

    def _groups(self, after: Cursor) -> Pages[Group | Membership]:
        with needing(asking.GROUPS):
            for answer, cursor in link_pages(self.http, "/api/v1/groups", after, limit=200):
                yield page_of(_items(answer), mapping.group, cursor)

    def _members(self, after: Cursor) -> Pages[Group | Membership]:
        with needing(asking.GROUPS):
            yield from fan_out(after, self._listed(self._groups, Group), _id, self._members_of)

    def _members_of(self, group: Group, after: Cursor) -> Pages[Group | Membership]:
        def membership(user: Object) -> Group | Membership:
            return Membership(group=group.id, account=user["id"])

        yield from self._within(f"/api/v1/groups/{_in_path(group.id)}/users", after, membership)

    def _roles(self, after: Cursor) -> Pages[Group | Membership]:
        """A page is one of Okta's lists of administrators; a role is told of only once."""
        after = after or {}
        told = set(after.get("told", ()))
        with needing(asking.ROLES):
            for answer, cursor in self._admins(after.get("at")):
                pages = [self._roles_of(str(user["id"]), told) for user in _admins(answer)]
                records = tuple(record for page in pages for record in page.records)
                problems = tuple(problem for page in pages for problem in page.problems)
                where = {"at": cursor, "told": sorted(told)} if cursor else None
                yield Page(records, where, problems)

    def _admins(self, after: Cursor) -> Iterator[tuple[Answer, Cursor]]:
        path = "/api/v1/iam/assignees/users"
        return url_pages(self.http, path, after, next_at="_links.next.href", limit=100)

    def _roles_of(self, admin: str, told: set[str]) -> Page[Group | Membership]:
        def held(item: Object) -> Iterator[Group | Membership]:
            role = mapping.role(item)
            if role.id not in told:
                told.add(role.id)
                yield role
            yield Membership(group=role.id, account=admin)

        try:
            answer = self.http.get(f"/api/v1/users/{_in_path(admin)}/roles")
            return page_of(_items(answer), held)
        except Gone:
            return Page(())

    def _apps(self, after: Cursor) -> Pages[App | Assignment]:
        for answer, cursor in link_pages(self.http, "/api/v1/apps", after, limit=200):
            yield page_of(_items(answer), mapping.app, cursor)

    def _assignments(self, after: Cursor) -> Pages[App | Assignment]:
        yield from fan_out(after, self._listed(self._apps, App), _id, self._assignments_of)

    def _assignments_of(self, app: App, after: Cursor) -> Pages[App | Assignment]:
        def assignment(user: Object) -> App | Assignment:
            return Assignment(app=app.id, account=user["id"])

        yield from self._within(f"/api/v1/apps/{_in_path(app.id)}/users", after, assignment)

    def _listed(self, read: Callable[[Cursor], Pages[R]], kind: type[P]) -> Iterator[P]:
        for page in read(None):
            for record in page.records:
                if isinstance(record, kind):
                    yield record

    def _within(self, path: str, after: Cursor, to_record: Callable[[Object], R]) -> Pages[R]:
        """The pages of one group or app; none where it has been deleted since it was listed."""
        with suppress(Gone):
            for answer, cursor in link_pages(self.http, path, after, limit=500):
                yield page_of(_items(answer), to_record, cursor)

    def _granted(self) -> frozenset[str] | None:
        """An API token inherits the rights of whoever made it; Okta does not say which."""
        return self.signed_in.granted if isinstance(self.signed_in, PrivateKeyJwt) else None


def _sign_in(context: Context, url: str) -> ApiKey | PrivateKeyJwt:
    given = context.credentials
    if given.get("token"):
        return ApiKey(given["token"], prefix="SSWS ")
    return PrivateKeyJwt(
        context,
        f"{url}/oauth2/v1/token",
        given["client_id"],
        given["private_key"],
        scope=" ".join(scope.name for scope in asking.SCOPES),
        key_id=given.get("key_id") or "",
        rules=asking.TOKEN_RULES,
    )


def _id(parent: Group | App) -> str:
    return parent.id


def _in_path(own_id: str) -> str:
    return quote(own_id, safe="")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _items(answer: Answer) -> list[Object]:
    found = answer.json()
    if not isinstance(found, list):
        raise Unexpected("Okta answered with something else than the list that was asked for.")
    return found


def _object(answer: Answer) -> Object:
    found = answer.json()
    if not isinstance(found, dict):
        raise Unexpected("Okta answered with something else than what was asked for.")
    return found


def _admins(answer: Answer) -> list[Object]:
    found = _object(answer).get("value")
    if not isinstance(found, list):
        raise Unexpected("Okta did not list the administrators.")
    return found
