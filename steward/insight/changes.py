"""How an account differs from how it was, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LABELS = {
    "status": "status",
    "role": "role",
    "holds_seat": "paid seat",
    "email": "e-mail",
    "username": "user name",
    "name": "name",
    "kind": "kind",
}


@dataclass(frozen=True)
class Change:
    """`field` is the name in the API; an attribute that the app gave is named as it is there."""

    field: str
    before: Any
    after: Any

    def sentence(self) -> str:
        label = _LABELS.get(self.field, self.field.replace("_", " "))
        return f"{label}: {_word(self.before)} → {_word(self.after)}"

    def facts(self) -> dict[str, Any]:
        return {"field": self.field, "old": self.before, "new": self.after}


def changes_between(old: Any, new: Any) -> tuple[Change, ...]:
    pairs = [(field, getattr(old, field), getattr(new, field)) for field in _LABELS]
    names = sorted({*old.attributes, *new.attributes})
    pairs += [(name, old.attributes.get(name), new.attributes.get(name)) for name in names]
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def _word(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "none"
