"""What people have said of an application, newest first, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.insight.facts import Facts, moment_text
from steward.inventory.application import Application, CustomField
from steward.inventory.edit import Edit
from steward.inventory.merging import ApplicationChange
from steward.inventory.person import Person

LABELS = {
    "name": "Name",
    "category": "Category",
    "owner": "Owner",
    "business_owner": "Business owner",
    "technical_owner": "Technical owner",
    "status": "Approval",
    "criticality": "Criticality",
    "notes": "Notes",
    "tags": "Tags",
    "inactive_after": "Inactive after",
    "allocation": "Cost shared by",
    "shares": "Shares",
}
_PEOPLE = ("business_owner", "technical_owner")
_WORDS: dict[str, dict[str, str]] = {
    "status": dict(Application.STATUSES),
    "criticality": dict(Application.CRITICALITIES),
    "allocation": dict(Application.ALLOCATIONS),
}
LONGEST = 80


@dataclass(frozen=True)
class Line:
    """`change` is the merge or split that it is about; it may be undone while it is not."""

    id: int
    at: datetime
    by: str
    what: str
    sentences: list[str]
    comment: str
    change: ApplicationChange | None

    def facts(self) -> Facts:
        return {
            "id": self.id,
            "at": moment_text(self.at),
            "by": self.by,
            "what": self.what,
            "said": self.sentences,
            "comment": self.comment,
            "change": self.change.pk if self.change else None,
        }


def edits_of(application: Application) -> Any:
    return Edit.objects.filter(kind="application", object=application.pk).order_by("-pk")


def lines(edits: Iterable[Edit], application: Application) -> list[Line]:
    rows = list(edits)
    names = _Names(rows)
    numbers = [row.after["change"] for row in rows if "change" in row.after]
    changes = ApplicationChange.objects.in_bulk(numbers)
    return [
        Line(
            row.pk,
            row.at,
            row.by,
            row.what,
            _sentences(row, names, application),
            row.comment,
            changes.get(row.after.get("change")) if row.what in ("merged", "split") else None,
        )
        for row in rows
    ]


class _Names:
    """Of the people and fields that some edits speak of."""

    def __init__(self, rows: Sequence[Edit]) -> None:
        said = [side for row in rows for side in (row.before, row.after)]
        self.fields = {str(f.pk): f for f in CustomField.objects.all()}
        asked = [key for key, f in self.fields.items() if f.type == CustomField.PERSON]
        numbers = {side.get(name) for side in said for name in _PEOPLE}
        numbers |= {(side.get("custom") or {}).get(key) for side in said for key in asked}
        people = Person.objects.in_bulk([n for n in numbers if isinstance(n, int)])
        self.people = {number: str(person) for number, person in people.items()}

    def value(self, name: str, value: Any, is_person: bool = False) -> str:
        if value is None or value in ("", [], {}):
            return "none"
        if is_person or name in _PEOPLE:
            return self.people.get(value, f"person {value}")
        if name == "shares":
            return ", ".join(f"{department} {share} %" for department, share in value.items())
        if isinstance(value, list):
            return ", ".join(map(str, value))
        text = _WORDS.get(name, {}).get(str(value), str(value))
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _sentences(row: Edit, names: _Names, application: Application) -> list[str]:
    if row.what in ("merged", "split", "undone"):
        return [_of_merging(row, application)]
    first = ["Added by hand"] if row.what == "made" else []
    return first + [
        sentence
        for name in row.after
        if name == "custom" or name in LABELS
        for sentence in _changed(name, row.before, row.after, names, row.what == "made")
    ]


def _changed(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any], names: _Names, new: bool
) -> list[str]:
    if name == "custom":
        return _of_custom(before.get(name) or {}, after.get(name) or {}, names)
    now = names.value(name, after[name])
    if new:
        return [] if now == "none" or name == "name" else [f"{LABELS[name]}: {now}"]
    return [f"{LABELS[name]}: {names.value(name, before.get(name))} → {now}"]


def _of_custom(before: Mapping[str, Any], after: Mapping[str, Any], names: _Names) -> list[str]:
    found = []
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            field = names.fields.get(key)
            is_person = bool(field and field.type == CustomField.PERSON)
            old, new = (names.value(key, side.get(key), is_person) for side in (before, after))
            found.append(f"{field.name if field else 'A field that is gone'}: {old} → {new}")
    return found


def _of_merging(row: Edit, application: Application) -> str:
    here, there = row.after.get("application"), row.after.get("other")
    if row.what == "merged":
        return f"{there} was merged into {here}"
    if row.what == "split":
        return f"Sources of {here} were given to {there}"
    return f"Undone: what was merged or split between {here} and {there}"


def sentence_of(change: ApplicationChange) -> str:
    if change.what == ApplicationChange.MERGED:
        return f"{change.other} was merged into {change.application}"
    return f"Sources of {change.application} were given to {change.other}"


def facts_of_change(change: ApplicationChange) -> Facts:
    return {
        "id": change.pk,
        "what": change.what,
        "said": sentence_of(change),
        "application": change.application_id,
        "other": change.other_id,
        "by": change.by,
        "at": moment_text(change.at),
        "undone_by": change.undone_by or None,
        "undone_at": moment_text(change.undone_at),
    }
