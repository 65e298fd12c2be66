"""What the made-up company has at Google: an account for everybody, licences, and the apps that
people have let into their accounts, some of which nobody in IT has heard of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from steward.demo.staff import Human, SignOn, Use

_API = "https://www.googleapis.com/auth/"
_SIGN_IN = ("openid", f"{_API}userinfo.email", f"{_API}userinfo.profile")


@dataclass(frozen=True)
class LetIn:
    """An app that every so-manieth of some departments ("" is all) has let in. `native` ones live
    on a device; an `anonymous` one is not registered with Google; one that is `over` has lost its
    access again and shows in the log alone."""

    number: int
    name: str
    every: int
    departments: str = ""
    scopes: tuple[str, ...] = _SIGN_IN
    native: bool = False
    anonymous: bool = False
    over: bool = False

    @property
    def client_id(self) -> str:
        if self.anonymous:
            return "anonymous"
        return f"{640000000000 + self.number}-nwlabs{self.number}.apps.googleusercontent.com"

    def is_let_in_by(self, human: Human) -> bool:
        use = human.uses.get("google")
        here = not self.departments or human.department in self.departments
        return bool(use and use.last_active and use.status != "disabled" and here) and (
            human.number % self.every == self.number % self.every
        )


LET_IN = (
    LetIn(1, "Slack", 2),
    LetIn(2, "Zoom", 3, scopes=(*_SIGN_IN, f"{_API}calendar.events")),
    LetIn(3, "Notion", 4, "Engineering Product Marketing"),
    LetIn(4, "Figma", 2, "Product Marketing"),
    LetIn(5, "Miro", 3, "Product Engineering"),
    LetIn(6, "Mail Merge Wizard", 5, "Sales Marketing", (f"{_API}gmail.send", f"{_API}drive")),
    LetIn(7, "MeetingScribe AI", 4, "Sales Support", (*_SIGN_IN, f"{_API}calendar.readonly")),
    LetIn(8, "PDF Juggler", 9, scopes=(f"{_API}drive",)),
    LetIn(9, "SheetSync", 6, "Finance Data", (f"{_API}spreadsheets", f"{_API}drive.file")),
    LetIn(10, "Pocket Mail", 7, scopes=("https://mail.google.com/",), native=True),
    LetIn(11, "old-intranet.example", 40, scopes=(f"{_API}userinfo.email",), anonymous=True),
    LetIn(12, "Poll Party", 12, over=True),
)


def with_google(people: Iterable[Human]) -> list[Human]:
    """Whoever leaves is archived at Google, and keeps nothing that costs."""
    return [replace(human, uses=human.uses | {"google": _use(human)}) for human in people]


def _use(human: Human) -> Use:
    """They sign in to Google through Okta, so it was used when Okta was."""
    okta = human.uses["okta"]
    return replace(
        okta, username=human.email, holds_seat=okta.status != "disabled", apps=(), teams=okta.teams
    )


@dataclass(frozen=True)
class AppEvent:
    """Of the log of third-party apps: `name` is "authorize", "activity" or "revoke"."""

    human: Human
    app: LetIn
    name: str
    at: datetime


def app_events(people: Iterable[Human], today: date) -> Iterator[AppEvent]:
    """Each app is let in once within the last half year, and used every ninth day from then on."""
    for human in people:
        last = human.uses["google"].last_active if "google" in human.uses else None
        for app in LET_IN:
            if last is None or not app.is_let_in_by(human):
                continue
            begun = 20 + (human.number * 7 + app.number * 11) % 150
            at = last - timedelta(days=begun, minutes=app.number)
            yield AppEvent(human, app, "authorize", at)
            for days in range(begun, 0, -9):
                yield AppEvent(human, app, "activity", last - timedelta(days=days))
            if app.over:
                yield AppEvent(human, app, "revoke", last - timedelta(minutes=3))


@dataclass(frozen=True)
class SignIn:
    human: Human
    at: datetime


def sign_ins(signs: Iterable[SignOn]) -> Iterator[SignIn]:
    """Whoever signs on to any app through Okta signs in to Google a little later."""
    for sign in signs:
        if "google" in sign.human.uses:
            yield SignIn(sign.human, sign.at + timedelta(minutes=2))
