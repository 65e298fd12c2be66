"""Who shares an application's cost in a month: those who held a seat at its end, or those who used
it, by the days on which they did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.db.models import F, Q
from django.utils import timezone

from steward.inventory.account import Account, ActiveDays
from steward.inventory.history import accounts_at
from steward.inventory.holdings import Assignment, Grant, SeenApp
from steward.inventory.instance import Instance

# Of each application the person (None: an account that nobody owns) and the weight.
Weights: TypeAlias = "dict[int, dict[int | None, int]]"
CHUNK = 5_000


def last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def by_seat(applications: Collection[int], month: date, merged: Mapping[int, int]) -> Weights:
    """A person with two seats bears two shares. Of a month that ended before Steward knew anybody
    in an application, those are taken whom it knows now."""
    day = last_of(month)
    then = None if day >= timezone.now().date() else day
    found = _seats(applications, then, merged)
    missing = set(applications) - found.keys()
    if then and missing:
        found |= _seats(missing, None, merged)
    return found


def by_use(applications: Collection[int], month: date, merged: Mapping[int, int]) -> Weights:
    """The days in the application itself, or those on which others saw people sign in to it."""
    found: Weights = defaultdict(lambda: defaultdict(int))
    wanted = _with_merged(applications, merged)
    own = ActiveDays.objects.present().filter(month=month, app=0)
    own = own.filter(instance__application__in=wanted)
    for app, person, days in _rows(own, "instance__application", "days"):
        found[merged.get(app, app)][person] += days.bit_count()
    seen = _seen(wanted - _connected())
    elsewhere = ActiveDays.objects.present().filter(month=month, app__in=list(seen))
    for number, person, days in _rows(elsewhere, "app", "days"):
        app = seen[number]
        found[merged.get(app, app)][person] += days.bit_count()
    return found


def _seats(applications: Collection[int], day: date | None, merged: Mapping[int, int]) -> Weights:
    found: Weights = defaultdict(lambda: defaultdict(int))
    wanted = _with_merged(applications, merged)
    for app, person in (*_accounts(wanted, day), *_shown(wanted - _connected(), day)):
        found[merged.get(app, app)][person] += 1
    return found


def _accounts(applications: Collection[int], day: date | None) -> Iterable[tuple[int, int | None]]:
    """Where an app does not say who holds a seat, every human who can sign in does."""
    rows = accounts_at(day) if day else Account.objects.all()
    human = Q(holds_seat=None, status=Account.ACTIVE) & ~Q(kind="service")
    held = rows.present().filter(Q(holds_seat=True) | human)
    held = held.filter(instance__application__in=applications).exclude(status=Account.REMOVED)
    account = "account_id" if day else "pk"
    fields = ("instance__application", "person")
    return held.order_by(account).values_list(*fields).iterator(CHUNK)  # type: ignore[no-any-return]


def _shown(applications: Collection[int], day: date | None) -> Iterable[tuple[int, int | None]]:
    """Applications that are not connected: who was given them, else who has let them in."""
    given = Assignment.objects.at(day).filter(app__application__in=applications)
    granted = Grant.objects.at(day).filter(app__application__in=applications)
    told: set[int] = set()
    for rows in (given, granted.filter(account__isnull=False)):
        pairs = rows.order_by("account").values_list("app__application", "account__person")
        of_rows = list(pairs.distinct().iterator(CHUNK))
        yield from ((app, person) for app, person in of_rows if app not in told)
        told |= {app for app, _ in of_rows}


def _rows(days: Any, application: str, bits: str) -> Iterable[tuple[int, int | None, int]]:
    rows = days.annotate(of=F("account__person")).order_by("account")
    return rows.values_list(application, "of", bits).iterator(CHUNK)  # type: ignore[no-any-return]


def _connected() -> set[int]:
    rows = Instance.objects.present().exclude(application=None)
    return set(rows.values_list("application", flat=True))


def _seen(applications: Collection[int]) -> dict[int, int]:
    rows = SeenApp.objects.present().filter(application__in=applications)
    return dict(rows.values_list("pk", "application"))


def _with_merged(applications: Collection[int], merged: Mapping[int, int]) -> set[int]:
    """With those that have become one of them."""
    return set(applications) | {old for old, now in merged.items() if now in applications}
