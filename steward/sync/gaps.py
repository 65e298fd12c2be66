"""What a kept application learns from one that is merged into it: what it does not say itself."""

from __future__ import annotations

from typing import Any

from steward.inventory.application import Application

_FIELDS = (
    "integration",
    "category",
    "owner",
    "business_owner_id",
    "technical_owner_id",
    "criticality",
    "inactive_after",
)


def fill_gaps(keep: Application, other: Application) -> dict[str, list[Any]]:
    """The fields that were filled, with what they were and are."""
    learnt = {name: getattr(other, name) for name in _FIELDS if not getattr(keep, name)}
    learnt["custom"] = {**other.custom, **keep.custom}
    learnt["tags"] = sorted({*keep.tags, *other.tags}, key=str.casefold)
    before = {name: getattr(keep, name) for name in learnt}
    changed = {name: [before[name], now] for name, now in learnt.items() if before[name] != now}
    for name, (_, now) in changed.items():
        setattr(keep, name, now)
    if changed:
        keep.save(update_fields=list(changed))
    return changed


def put_back(application: Application, filled: dict[str, list[Any]]) -> None:
    """What nobody has changed since."""
    now = Application.objects.get(pk=application.pk)
    names = [name for name, (_, after) in filled.items() if getattr(now, name) == after]
    for name in names:
        setattr(now, name, filled[name][0])
    if names:
        now.save(update_fields=names)
