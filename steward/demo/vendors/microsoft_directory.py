"""The made-up company's Microsoft tenant, and what happens in it while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from steward.demo.company import Company, Human, Use
from steward.demo.vendors import microsoft_answers as answers
from steward.demo.vendors.microsoft_answers import Row, own_id

SECRET = "demo-token"
_NO_APP_ROLE = "00000000-0000-0000-0000-000000000000"


@dataclass
class Entra:
    """`log` is what a delta query tells: whose properties changed, or None for a deletion. Tokens
    from before entry `forgotten` are answered with `expired_as`. `partial` shows of a changed user
    only what changed. `lagging` are users whom not every server of Microsoft's knows yet.
    `report_host` is where the usage report is downloaded, `report_headers` with what it was.
    `unregistered` are those who have no second factor."""

    company: Company
    users: dict[str, Row] = field(default_factory=dict)
    deleted: dict[str, Row] = field(default_factory=dict)
    log: list[tuple[str, tuple[str, ...] | None]] = field(default_factory=list)
    forgotten: int = 0
    expired_as: int = 410
    partial: bool = False
    lagging: set[str] = field(default_factory=set)
    concealed: bool = False
    report_host: str = ""
    report_headers: list[dict[str, str]] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    secret_ends: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(days=90))
    refuses_with: int | None = None
    unregistered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.humans = {own_id("user", h.number): (h, u) for h, u in self.company.users("okta")}
        for number, (human, use) in self.humans.items():
            self.users[number] = answers.user(self.company, human, use)
            if human.number % 79 == 0:
                self.unregistered.add(number)

    def change(self, number: str, **properties: Any) -> None:
        self.users[number] |= properties
        self.log.append((number, tuple(properties)))

    def add(self, number: str, **properties: Any) -> None:
        self.users[number] = {**answers.blank_user(number), **properties}
        self.log.append((number, tuple(properties)))

    def delete(self, number: str) -> None:
        self.deleted[number] = self.users.pop(number)
        self.log.append((number, None))

    def restore(self, number: str) -> None:
        self.users[number] = self.deleted.pop(number)
        self.log.append((number, ()))

    def seen(self, hidden: set[str]) -> list[Row]:
        """Without the people whom a test has hidden."""
        away = {number for number, (human, _) in self.humans.items() if human.id in hidden}
        return [row for number, row in self.users.items() if number not in away]

    def of(self, keep: Callable[[Human, Use], bool]) -> Iterator[str]:
        return (n for n, (h, u) in self.humans.items() if n in self.users and keep(h, u))

    def groups(self) -> list[Row]:
        teams = self.company.teams["okta"]
        made = [answers.group(key, name) for key, name in teams.items()]
        through = [answers.group(f"app:{a.key}", f"Users of {a.label}") for a in self._by_group()]
        return [*made, *through, answers.group("nested", "All of technology")]

    def members(self, group: str) -> list[Row] | None:
        """Users by their team, those of an app, and a group with groups and a device in it."""
        for key in self.company.teams["okta"]:
            if own_id("group", key) == group:
                return self._as_members(self.of(lambda h, u, k=key: k in u.teams))  # type: ignore[misc]
        for app in self._by_group():
            if own_id("group", f"app:{app.key}") == group:
                return self._as_members(self.of(lambda h, u, k=app.key: k in u.apps))  # type: ignore[misc]
        if own_id("group", "nested") == group:
            inner = [own_id("group", key) for key in ("engineering", "data")]
            held = [{"@odata.type": "#microsoft.graph.group", "id": number} for number in inner]
            device = {"@odata.type": "#microsoft.graph.device", "id": own_id("device", 1)}
            return [*held, device, *self._as_members(self.of(lambda h, u: h.number == 1))]
        return None

    @staticmethod
    def _as_members(ids: Iterator[str]) -> list[Row]:
        return [{"@odata.type": "#microsoft.graph.user", "id": number} for number in ids]

    def _by_group(self) -> list[Any]:
        return [app for app in self.company.sso if app.number % 3 == 0]

    def roles(self) -> list[Row]:
        """Held by people, and one by an app."""
        held = {"owner": "global", "admin": "helpdesk"}
        rows = [
            answers.role_assignment(number, held[use.role])
            for number, (_, use) in self.humans.items()
            if use.role in held and number in self.users
        ]
        return [*rows, answers.role_assignment(own_id("principal", "backup"), "helpdesk")]

    def registered(self) -> list[Row]:
        """The report on how people may sign in, which leaves out disabled users."""
        admins = {row["principalId"] for row in self.roles()}
        return [
            {
                "id": number,
                "userPrincipalName": row["userPrincipalName"],
                "userType": str(row["userType"]).lower(),
                "isAdmin": number in admins,
                "isMfaRegistered": number not in self.unregistered,
                "isMfaCapable": number not in self.unregistered,
                "methodsRegistered": []
                if number in self.unregistered
                else ["softwareOneTimePasscode"],
                "lastUpdatedDateTime": answers.stamp(datetime.now(UTC)),
            }
            for number, row in self.users.items()
            if row["accountEnabled"]
        ]

    def principals(self) -> list[Row]:
        return [*answers.PRINCIPALS, *(answers.sso_principal(app) for app in self.company.sso)]

    def assigned(self, principal: str) -> list[Row]:
        """Every third app is given to a group, the others to each user."""
        for app in self.company.sso:
            if own_id("principal", app.key) != principal:
                continue
            if app.number % 3 == 0:
                group = own_id("group", f"app:{app.key}")
                return [answers.assignment(group, "Group", principal, _NO_APP_ROLE)]
            users = self.of(lambda h, u, k=app.key: k in u.apps)  # type: ignore[misc]
            return [answers.assignment(u, "User", principal, _NO_APP_ROLE) for u in users]
        return [row for row in answers.APP_ROLES if row["resourceId"] == principal]

    def app_roles(self, principal: str) -> list[Row]:
        rows = [row for row in answers.APP_ROLES if row["principalId"] == principal]
        return [answers.lately(row, self.company.today) for row in rows]

    def consents(self) -> list[Row]:
        """Two by an administrator for everybody, and some by people for themselves."""
        people = list(self.of(lambda h, u: h.number % 25 == 1 and h.employment == "employee"))
        own = [answers.consent("calendar", n, "Calendars.Read offline_access") for n in people]
        return [
            answers.consent("calendar", None, "User.Read openid profile"),
            answers.consent("merge", None, "Mail.ReadWrite Mail.Send"),
            answers.consent("merge", None, "EWS.AccessAsUser.All", resource="exchange"),
            answers.consent("explorer", people[0], "User.Read Directory.Read.All"),
            *own,
        ]

    def sign_ins(self) -> list[Row]:
        """Newest first, of thirty days before the company's today: whenever it is asked, the same
        ones are there, and the same one in twenty failed."""
        since = datetime.combine(self.company.today - timedelta(days=30), time(), UTC)
        kept = [s for s in self.company.sign_ons if s.at >= since]
        rows = [answers.sign_in(sign, failed=n % 20 == 7) for n, sign in enumerate(kept)]
        return [row for row in reversed(rows) if row["userId"] in self.users]
