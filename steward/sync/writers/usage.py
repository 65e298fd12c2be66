"""Reading who uses an application and when, a part of its humans at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from steward.inventory.person import Person
from steward.inventory.usage import DIRECT, GRANTS, NOBODY, SIGN_INS, Use
from steward.sync.writers.sql import chunks, marks

STATUSES = ("active", "disabled", "removed")
# Humans at a time: what they did in a year takes some 20 MB.
PART = 10_000
BEYOND = 2**62
# Any number: two workers that tell one application wait for each other.
_LOCK = 77_311


@dataclass(frozen=True)
class Origin:
    """What tells of an application: the books of its own instances (`telling` are those that say
    when somebody was active), and the apps by which others show it. `source` is the best that
    says so."""

    application: int
    source: str
    books: tuple[int, ...] = ()
    telling: tuple[int, ...] = ()
    apps: tuple[int, ...] = ()


@dataclass
class Human:
    """`bits` are days of activity by source, `last` the last of each. `source` would have told
    of any."""

    person: int | None
    account: int
    name: str
    email: str
    status: str = "removed"
    source: str = NOBODY
    bits: dict[str, int] = field(default_factory=dict)
    last: dict[str, date] = field(default_factory=dict)

    def was_active(self, source: str, bits: int, last: date | None) -> None:
        self.bits[source] = self.bits.get(source, 0) | bits
        if last and last > self.last.get(source, date.min):
            self.last[source] = last


@dataclass(frozen=True)
class Part:
    """Some of the humans: which accounts are theirs, and between which numbers they are."""

    condition: str
    given: tuple[int, ...]
    humans: tuple[int, int]


EVERYBODY = Part("TRUE", (), (-BEYOND, BEYOND))
NOBODY_KNOWN = Part("a.person_id IS NULL", (), (-BEYOND, -1))


def people(low: int, high: int) -> Part:
    """Persons from one number to before another."""
    return Part("a.person_id BETWEEN %s AND %s", (low, high - 1), (low, high - 1))


def parts_of(origin: Origin) -> Iterator[Part]:
    """The outermost reach beyond those who have it, as whoever had it may be told there still."""
    known = Use.objects.filter(application=origin.application).count()
    if 0 < known < PART:
        yield EVERYBODY
        return
    found = [_bounds(sql, given) for sql, given in _members(origin, "a.person_id IS NOT NULL")]
    if known < PART and sum(count for _, _, count in found) < PART:
        yield EVERYBODY
        return
    first = min((low for low, _, _ in found if low is not None), default=0)
    last = max((high for _, high, _ in found if high is not None), default=0)
    step = max((last - first) // (sum(count for _, _, count in found) // PART + 1) + 1, 1)
    edges = [0, *range(first + step, last + 1, step), BEYOND]
    yield from (people(low, high) for low, high in pairwise(edges))
    yield NOBODY_KNOWN


def _bounds(members: str, given: Sequence[Any]) -> tuple[int | None, int | None, int]:
    sql = f"SELECT MIN(m.person_id), MAX(m.person_id), COUNT(*) FROM ({members}) m"
    low, high, count = next(_rows(sql, given))
    return low, high, count


def humans_of(origin: Origin, part: Part, base: date, today: date) -> dict[int, Human]:
    """Everybody who has it, and when they were active: bit 0 is `base`."""
    found: dict[int, Human] = {}
    for sql, given in _members(origin, part.condition):
        for row in _rows(_NAMED.format(members=sql), [*given, *part.given]):
            _add(found, origin, row, base, today)
    _name(found)
    _read_days(origin, part, base, today, found)
    _read_grants(origin, part, base, today, found)
    return found


_NAMED = """
SELECT m.person_id, m.id, m.name, m.email, m.status, m.last_active_at, m.book
FROM ({members}) m ORDER BY m.id
"""


def _name(found: Mapping[int, Human]) -> None:
    """As people are called, not as each app calls them. (Joined, PostgreSQL would read everybody
    for each application.)"""
    for part in chunks(sorted(human.person for human in found.values() if human.person)):
        people = Person.objects.filter(pk__in=part).values_list("pk", "name", "email")
        for number, name, email in people:
            found[number].name, found[number].email = name, email


def _add(
    found: dict[int, Human], origin: Origin, row: tuple[Any, ...], base: date, today: date
) -> None:
    person, account, name, email, status, last, book = row
    human = found.setdefault(person or -account, Human(person, account, name, email))
    human.status = min(human.status, status, key=STATUSES.index)
    if origin.source != DIRECT:
        human.source = origin.source
    elif book in origin.telling:
        human.source = DIRECT
        if last:
            _note(human, DIRECT, _day(last), base, today)


def _members(origin: Origin, condition: str) -> Iterator[tuple[str, list[int]]]:
    """Accounts in its own instances; accounts elsewhere that it shows up beside."""
    columns = "a.person_id, a.id, a.name, a.email, a.status, a.book"
    if origin.books:
        books = marks(origin.books)
        sql = f"SELECT {columns}, a.last_active_at FROM inventory_account a "
        yield f"{sql} WHERE a.book IN ({books}) AND {condition}", list(origin.books)
    if origin.apps and origin.source != DIRECT:
        for table, app, more in _SHOWN:
            sql = (
                f"SELECT DISTINCT {columns}, NULL AS last_active_at FROM {table} u "
                f"JOIN inventory_account a ON a.id = u.account_id "
                f"WHERE u.{app} IN ({marks(origin.apps)}) AND {more} AND {condition}"
            )
            yield sql, list(origin.apps)


_SHOWN = (
    ("inventory_assignment", "app_id", "u.until IS NULL"),
    ("inventory_grant", "app_id", "u.until IS NULL"),
    ("inventory_activedays", "app", "NOT (u.app = 0)"),
)


def _read_days(
    origin: Origin, part: Part, base: date, today: date, found: dict[int, Human]
) -> None:
    chosen = {
        # Said of the account too, SQLite need not look at what its person did elsewhere.
        DIRECT: ("d.book", origin.books, "d.app = 0 AND a.book = d.book"),
        SIGN_INS: ("d.app", origin.apps, "NOT (d.app = 0)"),
    }.get(origin.source)
    if chosen is None or not chosen[1]:
        return
    column, numbers, condition = chosen
    sql = (
        "SELECT a.person_id, a.id, d.month, d.days FROM inventory_activedays d "
        "JOIN inventory_account a ON a.id = d.account_id "
        f"WHERE {column} IN ({marks(numbers)}) AND {condition} AND d.month >= %s "
        f"AND {part.condition}"
    )
    known_until = (1 << (today - base).days + 1) - 1
    for person, account, month, days in _rows(sql, [*numbers, base.replace(day=1), *part.given]):
        human = found.get(person or -account)
        if human is not None:
            shift = _date(month).toordinal() - base.toordinal()
            bits = days << shift if shift >= 0 else days >> -shift
            _note_bits(human, origin.source, bits & known_until, base)


def _note_bits(human: Human, source: str, bits: int, base: date) -> None:
    if bits:
        last = date.fromordinal(base.toordinal() + bits.bit_length() - 1)
        human.was_active(source, bits, last)


def _read_grants(
    origin: Origin, part: Part, base: date, today: date, found: dict[int, Human]
) -> None:
    if origin.source in ("", DIRECT) or not origin.apps:
        return
    sql = (
        "SELECT a.person_id, a.id, u.last_used_at FROM inventory_grant u "
        "JOIN inventory_account a ON a.id = u.account_id "
        f"WHERE u.app_id IN ({marks(origin.apps)}) AND u.until IS NULL "
        f"AND u.last_used_at IS NOT NULL AND {part.condition}"
    )
    for person, account, used in _rows(sql, [*origin.apps, *part.given]):
        human = found.get(person or -account)
        if human is not None:
            _note(human, GRANTS, _day(used), base, today)


def _note(human: Human, source: str, day: date, base: date, today: date) -> None:
    """A clock of an app that is ahead says no more than today."""
    day = min(day, today)
    place = day.toordinal() - base.toordinal()
    human.was_active(source, 1 << place if place >= 0 else 0, day)


def alone() -> None:
    """At the beginning of a transaction that writes usage; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _rows(sql: str, given: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(given))
        while rows := cursor.fetchmany(2_000):
            yield from rows


def _day(value: datetime | str) -> date:
    """SQLite hands back text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value.date()


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
