"""What a row of a file would do, in words: each field with what it is and what it will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models

from steward.ledger.imports.bringing import messages_of
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import NEW, Work, object_of
from steward.ledger.trail import written

_HIDDEN = ("key", "source", "integration", "last_day")
_LONGEST = 200


def changes_of(row: Row) -> list[dict[str, Any]]:
    """`before` is None where there was nothing."""
    if row.errors:
        return []
    works = [change for work in row.works if work.shown for change in _of_work(work)]
    return works or (list(_of_values(row.values)) if row.verdict == NEW else [])


def _of_work(work: Work) -> Iterator[dict[str, Any]]:
    for name, before, after in work.changes():
        if name not in _HIDDEN:
            yield from _pairs(name, before, after)


def _pairs(name: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    """Of what is kept together, each part that differs."""
    if isinstance(after, Mapping):
        old = before or {}
        for part in {**old, **after}:
            if old.get(part) != after.get(part):
                yield _pair(part, old.get(part), after.get(part))
    elif after not in (None, "", []) or before not in (None, "", []):
        yield _pair(name, before, after)


def _of_values(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in values.items():
        if value not in (None, ""):
            yield _pair(name, None, value)


def _pair(name: str, before: Any, after: Any) -> dict[str, Any]:
    return {"field": name, "before": _shown(before), "after": _shown(after)}


def _shown(value: Any) -> Any:
    """Rows by their name, all else as the API writes it."""
    found = object_of(value)
    if isinstance(found, models.Model):
        return str(found)
    if isinstance(value, Work):
        return None
    text = written({"": value})[""]
    return text[:_LONGEST] if isinstance(text, str) else text


def facts_of(row: Row) -> dict[str, Any]:
    return {
        "line": row.line,
        "verdict": row.verdict,
        "name": row.name,
        "changes": changes_of(row),
        "errors": messages_of(row),
    }


def facts_of_all(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [facts_of(row) for row in rows]
