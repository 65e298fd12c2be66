"""A run that kills its worker each time is set aside, so that the others go on."""

from __future__ import annotations

from steward.inventory.run import Run
from steward.sync.verdict import crashed

TRIES = 3
POISONED = (
    "The sync has crashed its worker three times and was set aside. "
    "The log of the worker says more; start it again when the cause is known."
)


def set_aside_if_poisoned(run: Run) -> bool:
    """Of one that its worker left under way. With each batch that is written the tries begin
    anew."""
    if run.attempt - run.moved < TRIES:
        return False
    crashed(run, POISONED)
    return True
