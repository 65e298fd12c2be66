"""Telling anew what people have let third-party apps do, some people at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from steward.sdk.scopes import HIGH, NOT_KNOWN
from steward.sync.writers.sql import marks
from steward.sync.writers.tallies import WITH_ACCOUNTS, alone

_APP = "COALESCE(s.application_id, -s.id)"
_INSERT = f"""
INSERT INTO inventory_personaccess
    (person_id, level, applications, risky, newest_at, last_used_at)
SELECT a.person_id, COALESCE(MAX(g.level), {NOT_KNOWN}), COUNT(DISTINCT {_APP}),
    COUNT(DISTINCT CASE WHEN g.level >= {HIGH} THEN {_APP} END),
    MAX(g.appeared_at), MAX(g.last_used_at)
FROM ({{chosen}}) m
JOIN inventory_account a ON a.person_id = m.person_id
JOIN inventory_instance i ON i.book = a.book AND i.state <> 'deleting'
JOIN inventory_grant g ON g.account_id = a.id AND g.until IS NULL
JOIN inventory_seenapp s ON s.id = g.app_id
GROUP BY a.person_id
ON CONFLICT (person_id) DO UPDATE SET level = excluded.level, risky = excluded.risky,
    applications = excluded.applications, newest_at = excluded.newest_at,
    last_used_at = excluded.last_used_at
"""
_DELETE = "DELETE FROM inventory_personaccess WHERE person_id IN ({chosen})"


def tell_people(part: Sequence[int]) -> None:
    _tell(f"SELECT id AS person_id FROM inventory_person WHERE id IN ({marks(part)})", list(part))


def tell_part(book: int, part: range) -> None:
    """In a transaction of its own: those in a range of people who have accounts in the book."""
    with transaction.atomic():
        alone()
        _tell(WITH_ACCOUNTS, [book, part[0], part[-1]])


def _tell(chosen: str, given: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DELETE.format(chosen=chosen), given)
        cursor.execute(_INSERT.format(chosen=chosen), given)
