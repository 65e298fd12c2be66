"""The life of an instance, as data: its states, what moves them, and what each allows.

       ┌────────────── syncing ───────────────┐
       │  pending ──succeeded──► live         │ ──refused──► revoked ─┐
       │     └───failed──► failing ◄──► live  │                       │ deactivated
       └──────────────────────────────────────┘ ──deactivated──► inactive ◄──┘
       reactivated (inactive, revoked) → pending    reconnected (any) → pending
       deleted (any) → deleting → gone

Pure: nothing here reads a clock or a database. `inventory.moments.move` carries a change out.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    PENDING = "pending"
    LIVE = "live"
    FAILING = "failing"
    INACTIVE = "inactive"
    REVOKED = "revoked"
    DELETING = "deleting"


class Event(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    RECONNECTED = "reconnected"
    DELETED = "deleted"


class Act(StrEnum):
    """What a person may do to an instance."""

    SYNC = "sync"
    EDIT = "edit"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    RECONNECT = "reconnect"
    DELETE_USERS = "delete_users"
    DELETE = "delete"


SYNCING = frozenset({State.PENDING, State.LIVE, State.FAILING})
STOPPED = frozenset({State.INACTIVE, State.REVOKED})
PRESENT = SYNCING | STOPPED

_ALWAYS = frozenset({Act.EDIT, Act.RECONNECT, Act.DELETE_USERS, Act.DELETE})

_MOVES: dict[Event, tuple[frozenset[State], State]] = {
    Event.SUCCEEDED: (SYNCING, State.LIVE),
    Event.FAILED: (SYNCING, State.FAILING),
    Event.REFUSED: (SYNCING, State.REVOKED),
    Event.DEACTIVATED: (SYNCING | {State.REVOKED}, State.INACTIVE),
    Event.REACTIVATED: (STOPPED, State.PENDING),
    Event.RECONNECTED: (PRESENT, State.PENDING),
    Event.DELETED: (PRESENT, State.DELETING),
}


def allowed(state: State | str) -> frozenset[Act]:
    """Which buttons a page draws, and which calls do not answer 409."""
    state = State(state)
    if state is State.DELETING:
        return frozenset()
    if state in SYNCING:
        return _ALWAYS | {Act.SYNC, Act.DEACTIVATE}
    if state is State.REVOKED:
        return _ALWAYS | {Act.REACTIVATE, Act.DEACTIVATE}
    return _ALWAYS | {Act.REACTIVATE}


def sources(event: Event) -> frozenset[State]:
    """The states out of which the event moves an instance."""
    return _MOVES[event][0]


def after(state: State | str, event: Event) -> State | None:
    """Where the event leads from that state; None where it does not apply."""
    origin, target = _MOVES[event]
    return target if State(state) in origin else None


def status(state: State | str) -> str:
    """The word in the pages: is Steward meant to keep this instance up to date?"""
    return "Live" if State(state) in SYNCING else "Inactive"
