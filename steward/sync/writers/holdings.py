"""Groups and licences of an instance, who holds them, and who was given which application.

Who holds what is joined in the database by the app's own ids, so a page needs no look-ups and
the order of pages does not matter. A record that names an unknown account writes nothing. What is
no longer there is closed, not deleted: a group, licence or app that comes back goes on as the one
it was, whoever holds it holds it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from steward.inventory.run import Run
from steward.sdk.records import Assignment, Group, License, Membership, Seat
from steward.sync.writers.sql import insert, many, moment, own_id, text


def _upsert(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{c} = excluded.{c}" for c in (*columns, "seen"))
    return insert(
        table,
        ("book", "external_id", "seen", "since", *columns),
        f"ON CONFLICT (book, external_id) DO UPDATE SET {changes}, until = NULL",
    )


def _link(table: str, parent: str, parents: str, extra: str = "") -> str:
    extras, marks = (f", {extra}", ", %s") if extra else ("", "")
    changes = "seen = excluded.seen" + (f", {extra} = excluded.{extra}" if extra else "")
    return f"""
INSERT INTO {table} (book, seen, since{extras}, {parent}, account_id)
SELECT a.book, %s, %s{marks}, p.id, a.id FROM {parents} p
JOIN inventory_account a ON a.book = p.book AND a.external_id = %s
WHERE p.book = %s AND p.external_id = %s
ON CONFLICT ({parent}, account_id) WHERE until IS NULL DO UPDATE SET {changes}
"""


_GROUP = _upsert("inventory_group", ("name", "kind"))
_LICENSE = _upsert("inventory_license", ("name", "purchased"))
_MEMBERSHIP = _link("inventory_membership", "group_id", "inventory_group")
_SEAT = _link("inventory_seat", "license_id", "inventory_license", "last_active_at")
_ASSIGNMENT = _link("inventory_assignment", "app_id", "inventory_seenapp")
_SEAT_ACTIVE = """
UPDATE inventory_account SET last_active_at = %s
WHERE book = %s AND external_id = %s AND (last_active_at IS NULL OR last_active_at < %s)
"""


def _now() -> Any:
    return moment(timezone.now())


def write_groups(run: Run, records: Sequence[Group]) -> None:
    now = _now()
    rows = [(run.book, own_id(r.id), run.pk, now, text(r.name, 300), r.kind) for r in records]
    many(_GROUP, rows)


def write_memberships(run: Run, records: Sequence[Membership]) -> None:
    now = _now()
    rows = [(run.pk, now, own_id(r.account), run.book, own_id(r.group)) for r in records]
    many(_MEMBERSHIP, rows)


def write_licenses(run: Run, records: Sequence[License]) -> None:
    now = _now()
    rows = [(run.book, own_id(r.id), run.pk, now, text(r.name, 300), r.purchased) for r in records]
    many(_LICENSE, rows)


def write_seats(run: Run, records: Sequence[Seat]) -> None:
    now = _now()
    rows = [
        (run.pk, now, moment(r.last_active_at), own_id(r.account), run.book, own_id(r.license))
        for r in records
    ]
    many(_SEAT, rows)
    active = [(moment(r.last_active_at), r.account) for r in records if r.last_active_at]
    many(_SEAT_ACTIVE, [(at, run.book, own_id(account), at) for at, account in active])


def write_assignments(run: Run, records: Sequence[Assignment]) -> None:
    now = _now()
    many(_ASSIGNMENT, [(run.pk, now, own_id(r.account), run.book, own_id(r.app)) for r in records])


def sweep(table: str, book: int, run: int) -> int:
    """Close what a completed stream did not see; how many rows that were."""
    gone = "book = %s AND seen <> %s AND until IS NULL"
    return many(f"UPDATE {table} SET until = %s WHERE {gone}", [(_now(), book, run)])
