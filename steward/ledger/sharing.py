"""How the cost of an application is shared, as an admin says it."""

from __future__ import annotations

from collections.abc import Mapping

from steward.inventory.application import Application
from steward.inventory.problems import refuse
from steward.ledger import trail
from steward.sdk.fields import FieldError

WAYS = tuple(name for name, _ in Application.ALLOCATIONS)


def share(application: Application, way: str, shares: Mapping[str, int], *, by: str) -> bool:
    """`shares` are whole hundredths by department; what they leave of a hundred is nobody's."""
    refuse(list(_problems(way, shares)))
    values = {"allocation": way, "shares": dict(shares) if way == Application.FIXED else {}}
    return trail.change("application", application, values, by=by)


def _problems(way: str, shares: Mapping[str, int]) -> list[FieldError]:
    found = []
    if way not in WAYS:
        found.append(FieldError("allocation", f"It must be one of: {', '.join(WAYS)}."))
    if way == Application.FIXED and not shares:
        found.append(FieldError("shares", "Name at least one department and its share."))
    if any(not name.strip() or len(name) > 300 for name in shares):
        found.append(FieldError("shares", "A share needs the name of a department."))
    if any(not 0 < share <= 100 for share in shares.values()):
        found.append(FieldError("shares", "A share is a whole number from 1 to 100."))
    elif sum(shares.values()) > 100:
        found.append(FieldError("shares", f"The shares add up to {sum(shares.values())}%."))
    return found
