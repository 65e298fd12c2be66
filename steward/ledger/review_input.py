"""What is entered for an access review, as text or as values: what it means, or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.inventory.problems import refuse
from steward.inventory.review import Review, ReviewApplication
from steward.ledger import entered
from steward.ledger.entered import LARGEST_ID, Wrong
from steward.sdk.fields import FieldError

MOST_APPLICATIONS, MOST_MEMBERS = 500, 50
_WAYS = dict(ReviewApplication.WAYS)


@dataclass(frozen=True)
class Chosen:
    """An application to review, and who does."""

    application: Application
    way: str
    members: tuple[int, ...]


def member(value: Any) -> Member:
    """By e-mail address or number; only who may sign in."""
    text = str(value or "").strip().replace("\x00", "")
    rows = Member.objects.filter(is_active=True)
    if isinstance(value, Member):
        found = rows.filter(pk=value.pk).first()
    elif text.isascii() and text.isdecimal():
        found = rows.filter(pk=min(int(text[:20]), LARGEST_ID)).first()
    else:
        found = rows.filter(email__iexact=text).first()
    if found is None:
        raise Wrong("Name a member of Steward who may sign in, by e-mail address.")
    return found


def due(value: Any) -> date:
    found = entered.day(value)
    if found is None:
        raise Wrong("Say by when the review is to be done.")
    if found < terms.today():
        raise Wrong("This day has passed.")
    return found


def days(value: Any) -> int:
    found = str(value).strip()
    if found not in map(str, Review.DAYS):
        raise Wrong(f"Use is looked at over {', '.join(map(str, Review.DAYS))} days.")
    return int(found)


def applications(given: Any) -> list[Chosen]:
    """Each once, with the accounts of an app that is connected."""
    chosen = [_chosen(one) for one in given or ()]
    if not chosen:
        raise Wrong("Choose at least one application.")
    if len(chosen) > MOST_APPLICATIONS:
        raise Wrong(f"At most {MOST_APPLICATIONS} applications. Make a second review.")
    if len({one.application.pk for one in chosen}) < len(chosen):
        raise Wrong("Name each application once.")
    return chosen


def _chosen(one: Mapping[str, Any]) -> Chosen:
    found = entered.application(one.get("application"))
    if found is None:
        raise Wrong("There is no such application.")
    if not Instance.objects.present().filter(application=found).exists():
        raise Wrong(f"{found} is not connected, so Steward knows no accounts of it.")
    way = str(one.get("way") or ReviewApplication.BUSINESS)
    if way not in _WAYS:
        raise Wrong(f"Who reviews must be one of: {', '.join(_WAYS)}.")
    return Chosen(found, way, _members(one.get("members") or (), way, found))


def _members(given: Iterable[Any], way: str, application: Application) -> tuple[int, ...]:
    if way != ReviewApplication.MEMBERS:
        return ()
    found = tuple(dict.fromkeys(member(one).pk for one in given))
    if not found:
        raise Wrong(f"Say which members review {application}.")
    if len(found) > MOST_MEMBERS:
        raise Wrong(f"At most {MOST_MEMBERS} members for an application.")
    return found


FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": entered.text(200, "Give it a name, such as “Quarter 4”."),
    "description": entered.text(entered.LONGEST_NOTE),
    "due_on": due,
    "days": days,
    "fallback": member,
    "applications": applications,
}
NEEDED = ("name", "due_on", "applications")


def read(given: Mapping[str, Any], needed: Sequence[str] = ()) -> dict[str, Any]:
    """Of the fields that are given, and those that are needed; raises `Invalid`."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name in dict.fromkeys((*needed, *given)):
        try:
            values[name] = FIELDS[name](given.get(name))
        except Wrong as said:
            errors.append(FieldError(name, str(said)))
    refuse(errors)
    return values
