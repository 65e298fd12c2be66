"""Renewals and notice dates as a calendar (iCalendar, RFC 5545) that programs subscribe to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_OID, uuid5

from django.conf import settings
from django.db.models import Max
from icalendar import Alarm, Calendar, Event, vDuration

from steward.insight.contracts import Ahead, ahead
from steward.insight.memory import remembered
from steward.inventory import money, terms
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit

KIND = "text/calendar; charset=utf-8"
PRODUCT = "-//Steward//Renewals//EN"
BACK, FORTH = timedelta(days=366), timedelta(days=3 * 366)
EVERY = timedelta(hours=12)
# Days before, on which a calendar speaks up.
_ALARMS = {"notice": (14, 1), "renews": (30, 7), "ends": (30, 7)}


def renewals(with_money: bool) -> bytes:
    """The days of the last year and of three to come. Calendars ask often, and little changes."""
    today, base = terms.today(), settings.STEWARD_BASE_URL
    key = ("renewals", with_money, today, base)
    return remembered(key, lambda: _written(today, with_money))  # type: ignore[no-any-return]


def _written(today: date, with_money: bool) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", "Contract renewals")
    calendar.add("x-wr-calname", "Contract renewals")
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    changed = _changed()
    for due in ahead(today - BACK, today + FORTH):
        calendar.add_component(_event(due, changed, with_money))
    return calendar.to_ical()  # type: ignore[no-any-return]


def _changed() -> dict[int, datetime]:
    edits = Edit.objects.filter(kind="contract").order_by().values("object")
    return dict(edits.annotate(at=Max("at")).values_list("object", "at"))


def _event(due: Ahead, changed: dict[int, datetime], with_money: bool) -> Event:
    """The same number for as long as the contract lives: a date that moves, moves the event."""
    contract, event = due.contract, Event()
    stamp = _stamp(due, changed.get(contract.pk, contract.created_at))
    event.add("uid", uid(contract, due.kind))
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", due.day)
    event.add("dtend", due.day + terms.DAY)
    event.add("summary", _summary(due))
    event.add("description", "\n".join(_description(due, with_money)))
    event.add("url", _address(contract))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["Contracts"])
    for days in _ALARMS[due.kind]:
        event.add_component(_alarm(days, _summary(due)))
    return event


def uid(contract: Contract, kind: str) -> str:
    """A contract's renewal and its end are one event, whichever of the two it is by now."""
    what = "notice" if kind == "notice" else "renewal"
    return str(
        uuid5(NAMESPACE_OID, f"steward {contract.pk} {contract.created_at.isoformat()} {what}")
    )


def _stamp(due: Ahead, edited: datetime) -> datetime:
    """When the event was last another: edited, or come of a renewal that nobody entered."""
    if not due.term.rolled or due.term.starts_on is None:
        return edited.astimezone(UTC)
    began = datetime.combine(due.term.starts_on, time(), UTC)
    return max(edited.astimezone(UTC), began)


def _summary(due: Ahead) -> str:
    name = " ".join(due.contract.name.split())
    said = {"notice": "last day for notice", "renews": "renews", "ends": "ends"}
    return f"{name}: {said[due.kind]}"


def _description(due: Ahead, with_money: bool) -> Iterator[str]:
    contract = due.contract
    yield f"Vendor: {contract.vendor}"
    if contract.owner:
        yield f"Owner: {contract.owner.now()}"
    if contract.seats is not None:
        yield f"Seats: {contract.seats}"
    if with_money and contract.value is not None:
        yield f"Value of the term: {money.text(contract.value, contract.currency)}"
    if due.kind != "notice" and due.term.notice_on is not None:
        yield f"Notice by: {due.term.notice_on:%-d %B %Y}"
    yield _address(contract)


def _alarm(days: int, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm["trigger"] = vDuration(timedelta(days=-days))
    return alarm


def _address(contract: Contract) -> str:
    return f"{settings.STEWARD_BASE_URL}/contracts/{contract.pk}/"
