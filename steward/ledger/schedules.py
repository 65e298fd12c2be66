"""What people do with schedules. Whether the report takes its filters, `work.scheduling` asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from steward.inventory.cadence import (
    KINDS,
    LAST,
    WEEKDAYS,
    WEEKLY,
    is_zone,
    next_after,
)
from steward.inventory.member import Member
from steward.inventory.problems import Conflict, refuse
from steward.inventory.schedule import LINK, Schedule, ScheduleRun
from steward.inventory.webhook import Webhook
from steward.ledger import trail
from steward.ledger.entered import Wrong, count, folder, text, yes_or_no
from steward.sdk.fields import FieldError

log = structlog.get_logger(__name__)

KIND = "schedule"
LONGEST_ADDRESS = 254
MOST_ADDRESSES, MOST_KEPT = 50, 10_000
NOWHERE = "Say where it goes: e-mail addresses, a webhook or a folder."
Known = Mapping[str, Collection[str]]


def create(
    given: Mapping[str, Any],
    *,
    known: Known,
    wrong: Sequence[FieldError] = (),
    by: str,
    owner: Member | None,
) -> Schedule:
    """`known` are the formats there are; `wrong` what was found wrong before. Raises `Invalid`."""
    values = read({**_USUAL, **given}, {}, known, wrong)
    values["next_at"] = next_after(Schedule(**values).when(), timezone.now())
    made: Schedule = trail.make(KIND, Schedule, {**values, "owner": owner, "made_by": by}, by=by)
    return made


def edit(
    row: Schedule,
    given: Mapping[str, Any],
    *,
    known: Known,
    wrong: Sequence[FieldError] = (),
    by: str,
) -> None:
    """Only what is given changes. Another time is due from now on, and so is one that was
    switched on again: what was missed meanwhile is not made up for."""
    now = {name: getattr(row, name) for name in _USUAL}
    values = read(given, now, known, wrong)
    when = Schedule(**values).when()
    if when != row.when() or (values["enabled"] and not row.enabled):
        values["next_at"] = next_after(when, timezone.now())
    if values["enabled"] and not row.enabled:
        values |= {"failures": 0, "told_at": None}
    trail.change(KIND, row, values, by=by)


def delete(row: Schedule, *, by: str) -> None:
    """With its log. What has gone out stays where it is."""
    trail.remove(KIND, row, by=by)


def run_now(row: Schedule, *, by: str) -> ScheduleRun:
    """Joins the run that is open."""
    opened = row.runs.filter(state__in=ScheduleRun.OPEN).order_by("pk").first()
    if opened is not None:
        return opened  # type: ignore[no-any-return]
    try:
        with transaction.atomic():
            made: ScheduleRun = ScheduleRun.objects.create(
                schedule=row, due_at=timezone.now(), by=by
            )
    except IntegrityError:
        raise Conflict("It is being run at this very moment.", "running") from None
    return made


def fire_due(now: datetime | None = None) -> int:
    """How many runs became due. Each time is one run, however many workers look; after a while
    without a worker only the last missed time is made up for."""
    now = now or timezone.now()
    due = Schedule.objects.filter(enabled=True, next_at__lte=now)
    return sum(_fire(row, now) for row in due.order_by("next_at")[:100])


@transaction.atomic
def _fire(row: Schedule, now: datetime) -> bool:
    try:
        following = next_after(row.when(), now)
    except ZoneInfoNotFoundError:
        # Another machine may know it; the rest is not to wait for that.
        log.warning("time zone is not known here", schedule=row.pk, zone=row.zone)
        return False
    same = Schedule.objects.filter(pk=row.pk, enabled=True, next_at=row.next_at)
    if not same.update(next_at=following):
        return False
    ScheduleRun.objects.get_or_create(schedule=row, due_at=row.next_at)
    return True


def read(
    given: Mapping[str, Any], now: Mapping[str, Any], known: Known, wrong: Sequence[FieldError]
) -> dict[str, Any]:
    """The values of a whole schedule: what is not given is as it is now. Raises `Invalid` with
    all that is wrong."""
    values, errors = dict(now), list(wrong)
    for name in ("report", "filters", "sort", "columns"):
        values[name] = given.get(name, values.get(name))
    for name, reader in _readers(known).items():
        if name not in given:
            continue
        try:
            values[name] = reader(given.get(name))
        except Wrong as error:
            errors.append(FieldError(name, str(error)))
    if values.get("cadence") == WEEKLY and values.get("weekdays") == []:
        errors.append(FieldError("weekdays", "Choose a day of the week at least."))
    ways = [values.get(name, True) for name in ("emails", "webhook")]
    if not any(ways) and values.get("folder", "") is None:
        errors.append(FieldError("emails", NOWHERE))
    if values.get("format") == LINK and values.get("folder") is not None:
        errors.append(FieldError("format", "A link cannot be put into a folder; choose a file."))
    refuse(errors)
    return values


def _readers(known: Known) -> dict[str, Callable[[Any], Any]]:
    return {
        "name": text(200, "Give it a name."),
        "cadence": _one_of(KINDS),
        "weekdays": _weekdays,
        "day": lambda value: count(LAST)(value) or 1,
        "at": _time,
        "zone": _zone,
        "format": _one_of(known["format"]),
        "emails": _emails,
        "webhook": _webhook,
        "folder": _folder,
        "keep": count(MOST_KEPT),
        "with_money": yes_or_no,
        "only_if_rows": yes_or_no,
        "enabled": yes_or_no,
    }


_USUAL: dict[str, Any] = {
    "name": "", "report": "", "filters": {}, "sort": "", "columns": [], "cadence": WEEKLY,
    "weekdays": ["mon"], "day": 1, "at": "08:00", "zone": "UTC", "format": "csv", "emails": [],
    "webhook": None, "folder": None, "keep": None, "with_money": False, "only_if_rows": False,
    "enabled": True,
}  # fmt: skip


def _one_of(names: Collection[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in names:
            raise Wrong(f"This must be one of: {', '.join(names)}.")
        return str(value)

    return read


def _weekdays(value: Any) -> list[str]:
    chosen = list(value or ())
    if unknown := [day for day in chosen if day not in WEEKDAYS]:
        raise Wrong(f"There is no day {unknown[0]!s:.20}. There are: {', '.join(WEEKDAYS)}.")
    return [day for day in WEEKDAYS if day in chosen]


def _time(value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        return datetime.strptime(str(value or "").strip(), "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        raise Wrong("Write the time as 08:00.") from None


def _zone(value: Any) -> str:
    found = str(value or "").strip()
    if not is_zone(found):
        raise Wrong("This is no time zone. Write it as Europe/Berlin, or UTC.")
    return found


def _emails(value: Any) -> list[str]:
    given = value.replace(",", "\n").splitlines() if isinstance(value, str) else list(value or ())
    found = list(dict.fromkeys(a.strip().lower() for a in given if a.strip()))
    if len(found) > MOST_ADDRESSES:
        raise Wrong(f"{MOST_ADDRESSES} addresses at most; a mailing list takes more.")
    for address in found:
        try:
            validate_email(address if len(address) <= LONGEST_ADDRESS else "")
        except ValidationError:
            raise Wrong(f"{address[:100]} is not an e-mail address.") from None
    return found


def _webhook(value: Any) -> Webhook | None:
    if value in (None, "") or isinstance(value, Webhook):
        return value or None
    number = str(value)
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    row: Webhook | None = Webhook.objects.filter(pk=int(number) if is_number else 0).first()
    if row is None:
        raise Wrong("There is no such webhook.")
    return row


def _folder(value: Any) -> str | None:
    if value is None:
        return None
    if settings.STEWARD_EXPORT_DIR is None:
        raise Wrong("No folder is set: the operator names one in STEWARD_EXPORT_DIR.")
    return folder(value)
