"""The form of an access review: what is asked, what was entered, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.inventory.problems import Invalid
from steward.inventory.review import Review, ReviewApplication

# Of a way or a member, whose number is told from a way by this.
MEMBER = "member-"
USUALLY = 21


@dataclass(frozen=True)
class Choice:
    """An application that may be reviewed. `who` is a way, or a member."""

    application: Application
    who: str
    is_chosen: bool = False


@dataclass
class Entry:
    text: dict[str, str]
    chosen: dict[str, str]
    sharing: list[str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> list[Choice]:
        connected = Instance.objects.present().exclude(application=None).values("application")
        rows = Application.objects.filter(pk__in=connected, merged_into=None)
        rows = rows.select_related("business_owner", "technical_owner").order_by("name")
        return [
            Choice(row, self.chosen.get(str(row.pk)) or _usual(row), str(row.pk) in self.chosen)
            for row in rows
        ]

    @cached_property
    def ways(self) -> list[tuple[str, str]]:
        """The ways, and each member by name; every application asks for them."""
        named = [(f"{MEMBER}{m.pk}", str(m)) for m in members()]
        words = {ReviewApplication.MEMBERS: "The members ticked below, in turn"}
        ways = [(way, words.get(way, label)) for way, label in ReviewApplication.WAYS]
        return [*ways, *named]

    @property
    def members(self) -> list[tuple[Member, bool, bool]]:
        """Each with whether they share, and whether they are the fallback."""
        return [
            (m, str(m.pk) in self.sharing, str(m.pk) == self.text["fallback"]) for m in members()
        ]

    def given(self) -> dict[str, Any]:
        chosen = [
            {"application": pk, "way": _way(who), "members": self._named(who)}
            for pk, who in self.chosen.items()
        ]
        return {**self.text, "applications": chosen}

    def _named(self, who: str) -> list[str]:
        return [who.removeprefix(MEMBER)] if who.startswith(MEMBER) else self.sharing

    def refused(self, invalid: Invalid) -> Entry:
        self.errors = {error.field: error.message for error in invalid.errors}
        return self


def members() -> list[Member]:
    return list(Member.objects.filter(is_active=True).order_by("name", "email"))


def _way(who: str) -> str:
    return ReviewApplication.MEMBERS if who.startswith(MEMBER) else who


def _usual(application: Application) -> str:
    """Its owner where one is named; else whoever knows best what people need."""
    if application.business_owner_id:
        return ReviewApplication.BUSINESS
    if application.technical_owner_id:
        return ReviewApplication.TECHNICAL
    return ReviewApplication.MANAGER


def entered(request: HttpRequest) -> Entry:
    names = ("name", "description", "due_on", "days", "fallback")
    chosen = {pk: request.POST.get(f"who-{pk}", "") for pk in request.POST.getlist("application")}
    text = {name: request.POST.get(name, "") for name in names}
    return Entry(text, chosen, request.POST.getlist("sharing"))


def fresh(member: Member) -> Entry:
    due = terms.today() + timedelta(days=USUALLY)
    text = {"name": "", "description": "", "due_on": str(due), "days": "90"}
    return Entry({**text, "fallback": str(member.pk)}, {}, [])


def of_review(review: Review) -> Entry:
    text: Mapping[str, Any] = {
        "name": review.name,
        "description": review.description,
        "due_on": review.due_on,
        "days": review.days,
        "fallback": review.fallback_id,
    }
    chosen, sharing = {}, []
    for one in review.applications.order_by("pk"):
        is_one = one.way == ReviewApplication.MEMBERS and len(one.members) == 1
        chosen[str(one.application_id)] = f"{MEMBER}{one.members[0]}" if is_one else one.way
        sharing += [] if is_one else map(str, one.members)
    return Entry({name: str(value) for name, value in text.items()}, chosen, sharing)
