"""What the mails say: what happened, what it means, what to do, and where."""

from __future__ import annotations

from steward.inventory.instance import Moment
from steward.inventory.lifecycle import Event, State


def letter(moment: Moment, base_url: str) -> tuple[str, str]:
    """Subject and body."""
    subject, body = _TEXTS[_kind(moment)]
    words = {
        "name": " ".join(moment.instance_name.split()),
        "reason": moment.reason or "The app gave no reason.",
        "held": moment.details.get("held", 0),
        "days": moment.details.get("days", 0),
        "expires": moment.details.get("expires", ""),
    }
    where = f"{base_url}/instances/{moment.instance_id}/"
    text = f"{body.format(**words)}\n\n{where}\n\n— Steward"
    return subject.format(**words)[:300], text


def _kind(moment: Moment) -> str:
    if moment.event in (Event.SUCCEEDED, Event.FAILED):
        first = "first_" if moment.before == State.PENDING else ""
        return first + moment.event
    return moment.event


_TEXTS = {
    "first_succeeded": (
        "{name}: the sync has finished",
        ("Steward has read {name} and will keep it up to date from now on."),
    ),
    "first_failed": (
        "{name}: the sync did not succeed",
        (
            "Steward could not read {name}:\n\n    {reason}\n\n"
            "It tries again by itself. If the reason is a setting or a permission, mend it and "
            "start a sync on the page of the instance."
        ),
    ),
    "succeeded": (
        "{name}: syncing works again",
        ("Steward can read {name} again, and its data is up to date."),
    ),
    "failed": (
        "{name}: syncing fails",
        (
            "Steward could not read {name} this time:\n\n    {reason}\n\n"
            "What was read before is kept, and its age is shown beside every figure. Steward tries "
            "again by itself and writes when it succeeds."
        ),
    ),
    "refused": (
        "{name}: the app refuses the credential",
        (
            "Steward has stopped syncing {name}:\n\n    {reason}\n\n"
            "What was read before is kept and ages. Mend the permission in the app and set the "
            "status to Live, or enter a new credential."
        ),
    ),
    "secret_expires": (
        "{name}: the credential ends on {expires}",
        (
            "The secret or certificate by which Steward reads {name} ends on {expires}, in less "
            "than {days} days. From then on the app refuses it and syncing stops.\n\n"
            "Make a new one in the app and enter it on the page of the instance, under Settings "
            "and credential."
        ),
    ),
    "removals_held": (
        "{name}: {held} accounts would disappear",
        (
            "The list of users of {name} has suddenly become much shorter: {held} accounts are not "
            "on it any more. Steward has removed none of them.\n\n"
            "Look at who would go, then let the removals through or dismiss them."
        ),
    ),
}
