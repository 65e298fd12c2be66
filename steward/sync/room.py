"""When the disk of the database is full: said in the run, and tried again by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from steward.inventory.run import Run

TRY_AGAIN = timedelta(seconds=20)
FULL = (
    "The disk of Steward's database is full. Free some space; the sync goes on by itself, "
    "and nothing that was read is lost."
)
# SQLITE_FULL and SQLITE_IOERR as SQLite words them; PostgreSQL has an SQLSTATE (class 53).
_WORDS = ("database or disk is full", "disk i/o error")
_SQLSTATE = "53100"


def is_full(error: BaseException) -> bool:
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == _SQLSTATE:
        return True
    return any(words in str(error).lower() for words in _WORDS)


def park_full(run_id: int) -> None:
    """Needs a little room itself; where there is none, the run is simply found silent."""
    Run.objects.filter(pk=run_id, state=Run.RUNNING).update(
        state=Run.PARKED, resume_at=timezone.now() + TRY_AGAIN, code="disk_full", error=FULL
    )
