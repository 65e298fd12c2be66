"""A made-up company, the same on every run: who works there and how they use which app.

It holds what the reports are about. For 250 people: 8 leavers who can still sign in somewhere,
10 people whose second address is used in an app, 25 contractors, 5 suspended users who hold a
seat, 25 paid seats that nobody has used for a month, people who never signed in, an administrator
who has forgotten that they are one, 3 people who sign in to Slack past Okta; and besides the people
6 service accounts and 4 accounts that nobody owns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from steward.demo.hiring import hired, nobodys, service_accounts
from steward.demo.staff import DOMAIN, Human, SignOn, SsoApp, Use
from steward.demo.teams import SSO, TEAMS, sign_ons
from steward.demo.workplace import with_google

__all__ = ["DOMAIN", "Company", "Human", "SignOn", "SsoApp", "Use", "made_up"]


@dataclass(frozen=True)
class Company:
    """`people` are employees and contractors, leavers too; `others` are service accounts and
    accounts that nobody owns. `teams` gives the name of each team by app and key. `sign_ons` are
    in the order of time."""

    name: str
    domain: str
    today: date
    people: tuple[Human, ...]
    others: tuple[Human, ...]
    teams: dict[str, dict[str, str]]
    sso: tuple[SsoApp, ...]
    sign_ons: tuple[SignOn, ...]

    def users(self, app: str) -> Iterator[tuple[Human, Use]]:
        """Everyone and everything with an account there, always in the same order."""
        for human in (*self.people, *self.others):
            if app in human.uses:
                yield human, human.uses[app]

    def human(self, human_id: str) -> Human:
        place = int(human_id.removeprefix("p")) - 1
        here = place < len(self.people)
        return self.people[place] if here else self.others[place - len(self.people)]

    def team_members(self, app: str, team: str) -> Iterator[tuple[Human, Use]]:
        return ((human, use) for human, use in self.users(app) if team in use.teams)


def made_up(size: int = 250, today: date | None = None) -> Company:
    random, today = Random(7), today or datetime.now(UTC).date()
    people = with_google(hired(random, size, today))
    others = (*service_accounts(size, today), *nobodys(size, today))
    signed = tuple(sorted(sign_ons(random, people, today), key=lambda s: (s.at, s.human.number)))
    return Company("Northwind Labs", DOMAIN, today, tuple(people), others, TEAMS, SSO, signed)
