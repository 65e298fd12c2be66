"""Changing an instance's state, and recording what happens to it: who, when, why.

The state moves by one conditional UPDATE and the moment is written in the same transaction, so
of two workers or people who want to move it at once, one wins and the other learns of it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory import lifecycle
from steward.inventory.instance import Instance, Moment
from steward.inventory.lifecycle import Event, State

SYSTEM = ""


def move(
    instance: Instance,
    event: Event,
    *,
    actor: str = SYSTEM,
    code: str = "",
    reason: str = "",
    connection: int | None = None,
    **changes: Any,
) -> bool:
    """Move the instance as the event says and record it; False when it was not for this event to
    move, or (with `connection`) when the credential is no longer the one the verdict is about.

    An event that leads to the state the instance is in already changes no state and records
    nothing, but its `changes` are written."""
    with transaction.atomic():
        # What it was seen in last is nearly always the one, and each try is a statement.
        for state in sorted(lifecycle.sources(event), key=lambda one: one != instance.state):
            if _moved(instance, state, event, connection, code, reason, changes):
                break
        else:
            return False
        instance.refresh_from_db()
        if state != instance.state:
            record(instance, event, actor, before=state, code=code, reason=reason)
    return True


def _moved(
    instance: Instance,
    state: State,
    event: Event,
    connection: int | None,
    code: str,
    reason: str,
    changes: dict[str, Any],
) -> bool:
    target = lifecycle.after(state, event)
    rows = Instance.objects.filter(pk=instance.pk, state=state)
    if connection is not None:
        rows = rows.filter(connection=connection)
    values = {**changes, "state": target, "reason_code": code, "reason": reason}
    if target != state:
        values["state_since"] = timezone.now()
    return rows.update(**values) == 1


def record(
    instance: Instance,
    event: str,
    actor: str = SYSTEM,
    *,
    before: str = "",
    code: str = "",
    reason: str = "",
    **details: Any,
) -> Moment:
    return Moment.objects.create(
        instance=instance,
        instance_name=instance.name,
        integration=instance.integration,
        event=str(event),
        before=before,
        after=instance.state if before else "",
        code=code,
        reason=reason,
        actor=actor,
        details=details,
    )
