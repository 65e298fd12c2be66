"""What webhooks can be told of, each in plain words; a new event is a line here and a call of
`webhooks.announce`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.inventory.instance import Moment
from steward.inventory.lifecycle import Event, State

TEST, REPORT = "webhook.test", "report.ready"
FOUND, ENDED = "findings.found", "findings.ended"


@dataclass(frozen=True)
class EventType:
    """One that is not `chosen` goes where something names the webhook, whatever it has chosen."""

    name: str
    says: str
    chosen: bool = True


_TYPES = (
    EventType("instance.connected", "An instance was connected."),
    EventType("instance.synced", "The first sync of an instance has finished."),
    EventType("instance.failed", "Syncing an instance fails that worked, or that is new."),
    EventType("instance.recovered", "Syncing an instance works again."),
    EventType("instance.revoked", "The app refuses the credential; syncing has stopped."),
    EventType("instance.secret_expires", "A credential ends within 30 days, or within 7."),
    EventType("instance.removals_held", "Many accounts would disappear; a person must decide."),
    EventType("instance.deactivated", "Somebody has switched an instance off."),
    EventType("instance.reactivated", "Somebody has switched an instance on again."),
    EventType("instance.users_deleted", "Somebody has deleted all that was read of an instance."),
    EventType("instance.deleted", "Somebody has deleted an instance."),
    EventType(FOUND, "A rule has found something new: how much, and where to see it."),
    EventType(ENDED, "What a rule had found is over: how much."),
    EventType(
        REPORT, "A schedule has made its report. Goes to the webhook that it names.", chosen=False
    ),
    EventType(TEST, "Somebody has pressed the test button.", chosen=False),
)
EVENTS = {event.name: event for event in _TYPES}
CHOOSABLE = tuple(event.name for event in _TYPES if event.chosen)

_OF_MOMENTS = {
    "connected": "instance.connected",
    Event.REFUSED: "instance.revoked",
    "secret_expires": "instance.secret_expires",
    "removals_held": "instance.removals_held",
    Event.DEACTIVATED: "instance.deactivated",
    Event.REACTIVATED: "instance.reactivated",
    "users_deleted": "instance.users_deleted",
    Event.DELETED: "instance.deleted",
}


def event_of(moment: Moment) -> str:
    """ "" for one that is not told: only what changes is, never every sync."""
    if moment.event not in (Event.SUCCEEDED, Event.FAILED):
        return _OF_MOMENTS.get(moment.event, "")
    if moment.before in (moment.after, State.DELETING):
        return ""
    if moment.event == Event.FAILED:
        return "instance.failed"
    return "instance.synced" if moment.before == State.PENDING else "instance.recovered"


def data_of(moment: Moment, base_url: str) -> dict[str, Any]:
    return {
        "instance": {
            "id": moment.instance_id,
            "name": moment.instance_name,
            "integration": moment.integration,
        },
        "state": moment.after or None,
        "before": moment.before or None,
        "code": moment.code,
        "reason": moment.reason,
        "by": moment.actor or None,
        "details": moment.details,
        "at": moment.at.isoformat(),
        "url": f"{base_url}/instances/{moment.instance_id}/",
    }
