"""Applications that show up inside an instance, by the streams that show them.

The stream of apps knows best what an app is called, that of grants comes next. Publisher and
verification are kept from whichever stream says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from steward.inventory.holdings import SeenApp
from steward.inventory.run import Run
from steward.sdk.records import App
from steward.sync.writers.sql import insert, many, moment, own_id, text

_TABLE = SeenApp._meta.db_table
_STREAMS = ("apps", "grants", "activity")
_COLUMNS = ("book", "external_id", "seen", "since", "name", "key", "active", "publisher")


def _missing_in(streams: Sequence[str]) -> str:
    return " AND ".join(f"{_TABLE}.in_{stream} IS NULL" for stream in streams) or "TRUE"


def _upsert(stream: str) -> str:
    leads = _missing_in(_STREAMS[: _STREAMS.index(stream)])
    alone = _missing_in([other for other in _STREAMS if other != stream])
    named = ", ".join(
        f"{c} = CASE WHEN {leads} THEN excluded.{c} ELSE {_TABLE}.{c} END"
        for c in ("name", "key", "active")
    )
    return insert(
        _TABLE,
        (*_COLUMNS, "verified", f"in_{stream}"),
        f"""ON CONFLICT (book, external_id) DO UPDATE SET {named}, seen = excluded.seen,
publisher = CASE WHEN {alone} OR excluded.publisher <> '' THEN excluded.publisher
    ELSE {_TABLE}.publisher END,
verified = CASE WHEN {alone} THEN excluded.verified
    ELSE COALESCE(excluded.verified, {_TABLE}.verified) END,
in_{stream} = excluded.in_{stream}, until = NULL""",
    )


_WRITE = {stream: _upsert(stream) for stream in _STREAMS}


def write(run: Run, records: Sequence[App], stream: str) -> None:
    now = moment(timezone.now())
    rows = [
        (
            run.book,
            own_id(r.id),
            run.pk,
            now,
            text(r.name, 300),
            text(r.key, 300),
            r.active,
            text(r.publisher, 300),
            r.verified,
            run.pk,
        )
        for r in records
    ]
    many(_WRITE[stream], rows)


def sweep(run: Run, stream: str) -> None:
    """A completed stream does not show any more what it did not show now. An app is gone when no
    stream shows it; one that was signed in to is not unlearned."""
    column = f"in_{stream}"
    many(
        f"UPDATE {_TABLE} SET {column} = NULL WHERE book = %s AND {column} <> %s",
        [(run.book, run.pk)],
    )
    gone = f"book = %s AND until IS NULL AND {_missing_in(_STREAMS)}"
    many(f"UPDATE {_TABLE} SET until = %s WHERE {gone}", [(moment(timezone.now()), run.book)])
