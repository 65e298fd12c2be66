"""Accepting findings: with a reason, and until a day on which somebody looks again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.finding import Finding
from steward.inventory.problems import Conflict, refuse
from steward.ledger import trail
from steward.sdk.fields import FieldError

KIND, BY_STEWARD = "finding", "Steward"
ACCEPTED, WITHDRAWN, LAPSED, GRAVER = "accepted", "withdrawn", "lapsed", "graver"
LONGEST, MOST_DAYS = 2_000, 731
BATCH = 500
NOT_ACCEPTED: Mapping[str, Any] = {
    "accepted_until": None,
    "reason": "",
    "accepted_by": "",
    "accepted_at": None,
}


def today() -> date:
    return datetime.now(UTC).date()


def last_day() -> date:
    return today() + timedelta(days=MOST_DAYS)


@transaction.atomic
def accept(finding: Finding, *, reason: Any, until: Any, by: str) -> None:
    """One that is accepted already is accepted anew. `until` is the last day on which it holds."""
    if not _accept(finding, _cleaned(reason, until), by):
        raise Conflict(f"This finding is over: {finding.name} is as it should be.", "ended")


@transaction.atomic
def accept_many(findings: Sequence[Finding], *, reason: Any, until: Any, by: str) -> int:
    """How many are accepted now; those that are over are left as they are."""
    values = _cleaned(reason, until)
    return sum(_accept(finding, values, by) for finding in findings)


def _accept(finding: Finding, values: dict[str, Any], by: str) -> bool:
    rows = Finding.objects.filter(pk=finding.pk).exclude(state=Finding.ENDED)
    before = rows.values("state", "reason", "accepted_until").first()
    more = {"accepted_by": by[:254], "accepted_at": timezone.now()}
    if before is None or not rows.update(state=Finding.ACCEPTED, **values, **more):
        return False
    Edit.note(KIND, finding, ACCEPTED, by, before=_told(before), after=trail.written(values))
    return True


@transaction.atomic
def withdraw(finding: Finding, *, by: str) -> None:
    """It is open again at once."""
    if not _open(Finding.objects.filter(pk=finding.pk), WITHDRAWN, by):
        raise Conflict("Nobody has accepted this finding.", "not_accepted")


def lapse() -> int:
    """Opens those whose acceptance is over, and says how many."""
    opened = 0
    while rows := list(_over().values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            opened += _open(Finding.objects.filter(pk__in=rows), LAPSED, BY_STEWARD)
    return opened


@transaction.atomic
def open_graver(numbers: Sequence[int]) -> int:
    """What was accepted was less grave than what is there now."""
    return _open(Finding.objects.filter(pk__in=list(numbers)), GRAVER, BY_STEWARD)


def _over() -> Any:
    return Finding.objects.filter(state=Finding.ACCEPTED, accepted_until__lt=today())


def _open(rows: Any, what: str, by: str) -> int:
    accepted = list(rows.filter(state=Finding.ACCEPTED).select_for_update())
    for row in accepted:
        before = {"reason": row.reason, "accepted_until": row.accepted_until}
        Edit.note(KIND, row, what, by, before=trail.written(before))
    same = Finding.objects.filter(pk__in=[row.pk for row in accepted], state=Finding.ACCEPTED)
    return int(same.update(state=Finding.OPEN, **NOT_ACCEPTED))


def _told(before: Mapping[str, Any]) -> dict[str, Any]:
    if before["state"] != Finding.ACCEPTED:
        return {}
    return trail.written({n: before[n] for n in ("reason", "accepted_until")})


def _cleaned(reason: Any, until: Any) -> dict[str, Any]:
    text = str(reason or "").strip()
    day, wrong = _day_of(until)
    errors = [FieldError("until", wrong)] if wrong else []
    if not text:
        errors.insert(0, FieldError("reason", "Say why it may stay as it is."))
    elif len(text) > LONGEST or "\x00" in text:
        errors.insert(0, FieldError("reason", f"At most {LONGEST:,} letters of plain text."))
    refuse(errors)
    return {"reason": text, "accepted_until": day}


def _day_of(until: Any) -> tuple[date | None, str]:
    first, last = today() + timedelta(days=1), last_day()
    if until is None or until == "":
        return None, "Say until when. An acceptance always has an end."
    try:
        day = until if isinstance(until, date) else date.fromisoformat(str(until).strip())
    except ValueError:
        return None, f"It must be a day such as {first.isoformat()}."
    if not first <= day <= last:
        return None, f"It must be a day from {first.isoformat()} to {last.isoformat()}."
    return day, ""
