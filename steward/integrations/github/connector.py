"""GitHub organisations, on github.com, on GHE.com and on GitHub Enterprise Server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta
from functools import partial
from typing import Any, TypeAlias

from steward.integrations.github import mapping
from steward.integrations.github.asking import APP, AUTH, SETTINGS, granted, permitted
from steward.integrations.github.grants import Grants
from steward.integrations.github.mapping import COPILOT, ENTERPRISE, list_of, object_of
from steward.integrations.github.profiles import Profile, Profiles
from steward.integrations.github.refusals import EXCHANGE_RULES, RULES, Hidden, said_as
from steward.integrations.github.second_factor import SecondFactor, told
from steward.sdk.answer import Answer
from steward.sdk.auth import ApiKey, SignedJwtExchange
from steward.sdk.connector import Connector, Cursor, Page, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import chain, fan_out, link_pages
from steward.sdk.records import Account, Activity, App, Grant, Group, License, Membership, Seat
from steward.sdk.roles import Roles
from steward.sdk.scopes import ForAll

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
SIZE = 100
REACH = timedelta(days=90)
ToAccount: TypeAlias = Callable[[dict[str, Profile], dict[str, Any]], Account]


# docs.github.com, "Token expiration and revocation": sent with every answer to a token that ends.
EXPIRY = "github-authentication-token-expiration"


class GitHub(Connector):
    slug = "github"
    name = "GitHub"
    summary = (
        "An organisation's members, outside collaborators, teams, Copilot seats, activity, and the "
        "apps and tokens that reach it."
    )
    category = "Developer tools"
    settings = SETTINGS
    auth = AUTH
    # Whoever may read a repository may open issues and comment there, which others see. Who may
    # push as well is set for each repository, and no list says it of all.
    roles = Roles(
        admins=frozenset({"owner"}), writers=frozenset({"member", "outside collaborator"})
    )
    active_means = (
        "An event in the organisation's audit log (GitHub Enterprise Cloud), or use of Copilot"
    )
    tells_sso = True
    # Whoever administers a repository may install an app there without an owner.
    for_all = ForAll("Installed in the organisation.", "installed by")
    also_known_as = ("github", "githubcloud", "github_enterprise", "GitHub Enterprise Cloud")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.org = context.settings["org"]
        self.enterprise = context.settings.get("enterprise") or ""
        url = context.settings.get("url") or "https://api.github.com"
        sign = _sign_in(context, url)
        self.http = Http(context, url, auth=sign, headers=HEADERS, rules=RULES)
        self.second_factor = SecondFactor.of(context, url, sign, HEADERS)
        self.profiles = Profiles(self.http, self.org, f"{url.removesuffix('/v3')}/graphql")

    def close(self) -> None:
        self.http.close()
        self.second_factor.close()

    def check(self) -> Tenant:
        """Anyone may read an organisation's public face and its public members. Its outside
        collaborators have no public face, so being shown them proves the permission."""
        with said_as(
            f"GitHub shows no organisation “{self.org}” to this credential. Check the name, and "
            "that the token's owner or the app belongs to it."
        ):
            answer = self.http.get(f"/orgs/{self.org}")
        with said_as(*self._refusal("accounts")):
            self.http.get(f"/orgs/{self.org}/outside_collaborators", per_page=1)
        body = object_of(answer)
        if not body.get("id"):
            raise Unexpected("GitHub described the organisation without its id.")
        name, ends = body.get("login") or self.org, mapping.expiry(answer.headers.get(EXPIRY))
        return Tenant(str(body["id"]), name, self._granted(answer), ends)

    def _granted(self, answer: Answer) -> frozenset[str] | None:
        """Told of classic tokens by a header, of apps when the installation's token is made, and
        of fine-grained tokens not at all."""
        if self.context.auth == APP.name:
            return permitted(self.context.tokens.load().get("answer") or {})
        return granted(answer.headers.get("X-OAuth-Scopes", ""))

    def accounts(self, after: Cursor) -> Pages[Account]:
        """Outside collaborators come last: that list is refused as soon as the permission is
        gone, when the members' list silently shrinks to the public ones."""
        with said_as(*self._refusal("accounts")):
            yield from chain(after, {"members": self._members, "outside": self._outside})

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        with said_as(*self._refusal("groups")):
            teams = self._teams()
            yield from fan_out(after, teams, key=lambda team: str(team["id"]), read=self._team)

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        """An enterprise pays for GitHub itself; having no Copilot then is no refusal."""
        if not self.enterprise:
            yield from self._copilot(after)
            return
        yield from chain(after, {ENTERPRISE: self._enterprise, COPILOT: self._copilot_if_any})

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        needs = self.scopes_of("grants", self.context.auth)
        yield from Grants(self.http, self.org, self.profiles, self.context, needs).pages(after)

    def activity(self, after: Cursor) -> Pages[Activity]:
        """One record for an account and day, oldest first, so that only the accounts of the day
        being read need to be remembered."""
        first = (self.context.since or self.context.now - REACH).astimezone(UTC).date()
        told: dict[date, set[str]] = {}
        asked = {"include": "all", "order": "asc", "phrase": f"created:>={first.isoformat()}"}
        with said_as(*self._refusal("activity")):
            for answer, cursor in self._pages(f"/orgs/{self.org}/audit-log", after, **asked):
                events = list_of(answer)
                ids = self._ids_of(mapping.unnamed(events))
                yield page_of(events, partial(mapping.activity, ids, told), cursor)

    def _ids_of(self, actors: Iterator[str]) -> dict[str, str]:
        try:
            return self.profiles.ids(actors)
        except Forbidden:
            return {}

    # accounts

    def _members(self, after: Cursor) -> Pages[Account]:
        """The members' list tells no role, so the owners, who are few, are read first."""
        pages = self._pages(f"/orgs/{self.org}/members", None, role="admin")
        owners = frozenset(n for answer, _ in pages for n in mapping.ids(list_of(answer)))
        lacking = self.second_factor.lacking(f"/orgs/{self.org}/members")

        def member(profiles: dict[str, Profile], user: dict[str, Any]) -> Account:
            role = "owner" if user["id"] in owners else "member"
            said = told(lacking, user["id"]) | mapping.linked(user, profiles)
            return mapping.account(user, profiles, role, attributes=said)

        yield from self._users("members", after, member)

    def _outside(self, after: Cursor) -> Pages[Account]:
        lacking = self.second_factor.lacking(f"/orgs/{self.org}/outside_collaborators")

        def guest(profiles: dict[str, Profile], user: dict[str, Any]) -> Account:
            said = told(lacking, user["id"])
            return mapping.account(user, profiles, "outside collaborator", "guest", said)

        yield from self._users("outside_collaborators", after, guest)

    def _users(self, path: str, after: Cursor, account: ToAccount) -> Pages[Account]:
        for answer, cursor in self._pages(f"/orgs/{self.org}/{path}", after):
            users = list_of(answer)
            yield page_of(users, partial(account, self.profiles.of(users)), cursor)

    # groups

    def _teams(self) -> Iterator[dict[str, Any]]:
        for answer, _ in self._pages(f"/orgs/{self.org}/teams", None):
            for team in list_of(answer):
                if not isinstance(team, dict) or not {"id", "slug"} <= team.keys():
                    raise Unexpected("GitHub listed a team without its id or its name.")
                yield team

    def _team(self, team: dict[str, Any], after: Cursor) -> Pages[Group | Membership]:
        group = Group(id=str(team["id"]), name=team.get("name") or team["slug"], kind="team")
        head: tuple[Group, ...] = () if after else (group,)
        path = f"/orgs/{self.org}/teams/{team['slug']}/members"
        try:
            for answer, cursor in self._pages(path, after):
                page = page_of(list_of(answer), partial(mapping.membership, group.id), cursor)
                yield Page((*head, *page.records), page.cursor, page.problems)
                head = ()
        except Hidden:  # deleted since the list of teams was read
            return

    # licences

    def _copilot(self, after: Cursor) -> Pages[License | Seat]:
        with said_as(*self._refusal("licenses")):
            head = () if after else (self._copilot_license(),)
            for answer, cursor in self._pages(f"/orgs/{self.org}/copilot/billing/seats", after):
                page = page_of(list_of(answer, "seats"), mapping.seat, cursor)
                yield Page((*head, *page.records), page.cursor, page.problems)
                head = ()

    def _copilot_if_any(self, after: Cursor) -> Pages[License | Seat]:
        try:
            yield from self._copilot(after)
        except Hidden:
            return

    def _copilot_license(self) -> License:
        body = object_of(self.http.get(f"/orgs/{self.org}/copilot/billing"))
        plan = (body.get("plan_type") or "").title()
        bought = (body.get("seat_breakdown") or {}).get("total")
        return License(id=COPILOT, name=f"GitHub Copilot {plan}".strip(), purchased=bought)

    def _enterprise(self, after: Cursor) -> Pages[License | Seat]:
        """Lists the whole enterprise; seats of people outside this organisation are left out."""
        refusal = (
            f"GitHub does not show the licences of the enterprise “{self.enterprise}”: only an "
            "enterprise owner's classic token with the scope read:enterprise may read them."
        )
        with said_as(refusal, "read:enterprise"):
            path = f"/enterprises/{self.enterprise}/consumed-licenses"
            for answer, cursor in self._pages(path, after):
                users = list_of(answer, "users")
                ids = self.profiles.ids(mapping.members(users, self.org))
                bought = object_of(answer).get("total_seats_purchased")
                head = () if after else (mapping.enterprise_license(bought),)
                page = page_of(users, partial(mapping.enterprise_seat, ids), cursor)
                yield Page((*head, *page.records), page.cursor, page.problems)
                after = cursor

    def _pages(self, path: str, after: Cursor, **params: Any) -> Iterator[tuple[Answer, Cursor]]:
        return link_pages(self.http, path, after, per_page=SIZE, **params)

    def _refusal(self, stream: str) -> tuple[str, ...]:
        missing = self.scopes_of(stream, self.context.auth)
        return _REFUSALS[stream].format(needs=" and ".join(missing)), *missing


_REFUSALS = {
    "accounts": "GitHub does not show all members and outside collaborators to this credential. "
    "It needs {needs}, and a token must belong to an owner of the organisation.",
    "groups": "GitHub does not show the organisation's teams. The credential needs {needs}.",
    "licenses": "GitHub shows no Copilot seats. The organisation needs Copilot Business or "
    "Enterprise, and the credential {needs} of an owner.",
    "activity": "GitHub does not show the audit log. The organisation needs the plan GitHub "
    "Enterprise Cloud, and the credential {needs} of an owner.",
}


def _sign_in(context: Context, url: str) -> ApiKey | SignedJwtExchange:
    given = context.credentials
    if context.auth != APP.name:
        return ApiKey(given.get("fine_grained_token") or given["token"])
    exchange = f"{url}/app/installations/{given['installation_id']}/access_tokens"
    claims = {"iss": given["app_id"]}
    return SignedJwtExchange(
        context, exchange, claims, given["private_key"], headers=HEADERS, rules=EXCHANGE_RULES
    )
