"""Telling people anew from their accounts, some at a time, without reading them one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from steward.inventory.account import Account
from steward.inventory.staff import Staff, is_believed
from steward.sync.writers.sql import chunks, marks, moment, rows_in

# Any number: the one lock under which people are told, so that two workers who tell the same ones
# wait for each other in turn.
_LOCK = 77_310
PEOPLE = 20_000
# Those in a range of people who have accounts in a book.
WITH_ACCOUNTS = (
    "SELECT DISTINCT person_id FROM inventory_account WHERE book = %s "
    "AND person_id BETWEEN %s AND %s"
)

_TOLD = ("accounts", "present", "live", "last_active", "standing", "leaver")


def _statement(chosen: str, directories: Sequence[int], listed: bool | None) -> str:
    """An UPDATE of the people that `chosen` names (a SELECT of one column, `person_id`)."""
    postgresql = connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
    paused = (
        "(a.attributes -> 'suspended') = 'true'::jsonb"
        if postgresql
        else "json_extract(a.attributes, '$.suspended') = 1"
    )
    known = f"i.id IN ({marks(directories)})" if directories else "FALSE"
    here = f"{known} AND a.status = 'active'"
    away = f"{known} AND a.status <> 'active' AND a.removed_at IS NULL AND {paused}"
    return f"""
UPDATE inventory_person AS p SET {", ".join(f"told_{name} = t.{name}" for name in _TOLD)}
FROM (
    SELECT s.*, s.standing = 'left' AND s.live > 0 AS leaver FROM (SELECT
        c.person_id, c.accounts, c.present, c.live, c.last_active, {_standing(listed)} AS standing
    FROM (
        SELECT m.person_id, {_count("i.id IS NOT NULL")} AS accounts,
            {_count("a.status <> 'removed'")} AS present, {_count("a.status = 'active'")} AS live,
            MAX(CASE WHEN i.id IS NOT NULL AND a.status <> 'removed' THEN a.last_active_at END)
                AS last_active,
            CASE WHEN {_count(known)} = 0 THEN '' WHEN {_count(here)} > 0 THEN 'here'
                WHEN {_count(away)} > 0 THEN 'away' ELSE 'left' END AS standing
        FROM ({chosen}) m
        LEFT JOIN inventory_account a ON a.person_id = m.person_id
        LEFT JOIN inventory_instance i ON i.book = a.book AND i.state <> 'deleting'
        GROUP BY m.person_id
    ) c) s
) t
WHERE p.id = t.person_id AND ({" OR ".join(f"p.told_{n} {differs} t.{n}" for n in _TOLD)})
"""


def _standing(listed: bool | None) -> str:
    """By the directories, and by the people list: of those they do not know, or first of all where
    it is believed. None where there is no list."""
    if listed is None:
        return "c.standing"
    one = "SELECT 1 FROM inventory_personemail e JOIN inventory_staff h ON h.key = e.key"
    stands = f"{one} WHERE e.person_id = c.person_id AND h.standing ="
    said = (
        f"CASE WHEN EXISTS ({stands} 'here') THEN 'here' WHEN EXISTS ({stands} 'away') THEN 'away' "
        f"WHEN EXISTS ({stands} 'left') THEN 'left' ELSE '' END"
    )
    first, second = (f"({said})", "c.standing") if listed else ("c.standing", f"({said})")
    return f"COALESCE(NULLIF({first}, ''), {second})"


def _list() -> bool | None:
    return is_believed() if Staff.objects.exists() else None


def _count(condition: str) -> str:
    return f"COUNT(CASE WHEN i.id IS NOT NULL AND {condition} THEN 1 END)"


def alone() -> None:
    """At the beginning of a transaction that tells people anew; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _impatient() -> None:
    """Whoever else changes people is let through: their locks could wait for ours in a circle,
    which the server finds after a second, and then ends either of the two."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")


def is_in_the_way(error: OperationalError) -> bool:
    """Whether it says that somebody else holds what was to be locked."""
    return getattr(error.__cause__, "sqlstate", "") == "55P03"


def tell_people(ids: Sequence[int], directories: Sequence[int]) -> None:
    """These, in the transaction that is under way."""
    for part in chunks(ids):
        chosen = f"SELECT id AS person_id FROM inventory_person WHERE id IN ({marks(part)})"
        with connection.cursor() as cursor:
            statement = _statement(chosen, directories, _list())
            cursor.execute(statement, [*_known(directories), *part])


def _known(directories: Sequence[int]) -> list[int]:
    """The conditions that ask whether an instance is a directory stand three times."""
    return [*directories] * 3


def parts_of(book: int) -> Iterator[range]:
    """Numbers of people, in each part some of those with accounts in the book."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(person_id), MAX(person_id), COUNT(person_id) FROM inventory_account "
            "WHERE book = %s",
            [book],
        )
        first, last, count = cursor.fetchone()
    if count:
        step = (last - first) // (count // PEOPLE + 1) + 1
        yield from (range(low, low + step) for low in range(first, last + 1, step))


def tell_part(book: int, part: range, directories: Sequence[int]) -> None:
    """In a transaction of its own: those in a range of people who have accounts in the book."""
    with transaction.atomic(), connection.cursor() as cursor:
        alone()
        _impatient()
        statement = _statement(WITH_ACCOUNTS, directories, _list())
        cursor.execute(statement, [*_known(directories), book, part[0], part[-1]])


def tell_some(ids: Sequence[int], directories: Sequence[int]) -> None:
    """In a transaction of its own."""
    with transaction.atomic():
        alone()
        _impatient()
        tell_people(ids, directories)


def owners_of(accounts: Collection[int]) -> set[int]:
    found = rows_in("SELECT person_id FROM inventory_account WHERE id IN", sorted(accounts))
    return {person for (person,) in found if person is not None}


def people_in(book: int) -> set[int]:
    accounts = Account.objects.filter(instance=book).exclude(person=None).order_by()
    return set(accounts.values_list("person", flat=True))


_SHOWN = """
JOIN inventory_seenapp s ON s.id = u.{app}
JOIN inventory_instance i ON i.book = s.book AND i.state <> 'deleting'
JOIN inventory_account a ON a.id = u.account_id
WHERE s.application_id IN (%s)
"""
_ASSIGNED = "u.until IS NULL"
_GRANTED = "u.until IS NULL"
_LET_IN_LATELY = "u.until IS NULL AND u.last_used_at >= %s"
# A number of bits is at least 2ⁿ where bit n or a later one is set. SQLite takes an index for part
# of a table only where the query says the same in the same words.
_SIGNED_IN = (
    "s.until IS NULL AND NOT (u.app = 0) AND u.month >= %s AND (u.month > %s OR u.days >= %s)"
)


_HUMAN = "COALESCE(a.person_id, -a.id)"
# As the report of users lists them: who was given an app that is switched off is none.
_LISTED = "a.status <> 'removed'"


# Beside the accounts of a connected application (see `SeenApp.beside`).
_BESIDE = " AND s.beside"


def _users(table: str, condition: str, app: str = "app_id", listed: str = _LISTED) -> str:
    account = f"CASE WHEN {listed} THEN a.id END"
    return (
        f"SELECT s.application_id, {_HUMAN} AS human, {account} AS account FROM {table} u "
        f"{_SHOWN.format(app=app)} AND {condition}"
    )


def _humans(
    applications: Sequence[int], parts: Sequence[tuple[str, list[Any]]]
) -> dict[int, tuple[int, int]]:
    """How many different humans and accounts (those not removed), by application."""
    if not applications:
        return {}
    sql = " UNION ALL ".join(
        part.replace("IN (%s)", f"IN ({marks(applications)})") for part, _ in parts
    )
    given = [value for _, more in parts for value in (*applications, *more)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_id, COUNT(DISTINCT human), COUNT(DISTINCT account) "
            f"FROM ({sql}) AS found GROUP BY application_id",
            given,
        )
        return {number: (humans, accounts) for number, humans, accounts in cursor.fetchall()}


def users_of(
    applications: Sequence[int], signed_in_since: date, beside: bool = False
) -> dict[int, tuple[int, int]]:
    """Humans who were given each application, have let it in, or signed in to it since."""
    return _humans(applications, _shown_users(signed_in_since, _BESIDE if beside else ""))


def active_users_of(applications: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    """Humans who signed in to each application since, or whose grant it has made use of."""
    return _humans(applications, _shown_active(since, ""))


def humans_of(applications: Sequence[int], signed_in_since: date) -> dict[int, tuple[int, int]]:
    """Humans with an account that works in any instance of each, and those beside."""
    return _humans(
        applications,
        [*_shown_users(signed_in_since, _BESIDE), (f"{_OWN} AND a.status = 'active'", [])],
    )


def active_humans_of(applications: Sequence[int], since: datetime) -> dict[int, tuple[int, int]]:
    own = f"{_OWN} AND {_LISTED} AND a.last_active_at >= %s"
    return _humans(applications, [*_shown_active(since, _BESIDE), (own, [moment(since)])])


_OWN = (
    f"SELECT i.application_id, {_HUMAN} AS human, a.id AS account FROM inventory_instance i "
    "JOIN inventory_account a ON a.book = i.book "
    "WHERE i.application_id IN (%s) AND i.state <> 'deleting'"
)


def _shown_users(since: date, which: str) -> list[tuple[str, list[Any]]]:
    given = f"{_LISTED} AND s.active"
    return [
        (_users("inventory_assignment", _ASSIGNED + which, listed=given), []),
        (_users("inventory_grant", _GRANTED + which), []),
        (_users("inventory_activedays", _SIGNED_IN + which, "app"), _from(since)),
    ]


def _shown_active(since: datetime, which: str) -> list[tuple[str, list[Any]]]:
    return [
        (_users("inventory_grant", _LET_IN_LATELY + which), [moment(since)]),
        (_users("inventory_activedays", _SIGNED_IN + which, "app"), _from(since.date())),
    ]


def _from(day: date) -> list[Any]:
    first = day.replace(day=1)
    return [first, first, 1 << (day.day - 1)]
