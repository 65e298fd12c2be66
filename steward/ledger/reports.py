"""Reports that people make: saved, changed, shared, copied and deleted. Each leaves its edit.

What a report is made of is read by `insight.reports.defined` before it comes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory.member import Member
from steward.inventory.problems import Conflict, refuse
from steward.inventory.report import SavedReport
from steward.ledger import trail
from steward.ledger.entered import Wrong, text
from steward.sdk.fields import FieldError

KIND, MOST = "report", 500
LONGEST_NAME, LONGEST_ABOUT = 200, 1_000
_READ = {
    "name": text(LONGEST_NAME, "Give the report a name."),
    "description": text(LONGEST_ABOUT),
}


@transaction.atomic
def save(
    name: str,
    definition: Mapping[str, Any],
    *,
    by: str,
    description: str = "",
    owner: Member | None = None,
    shared: bool = False,
) -> SavedReport:
    values = _entered({"name": name, "description": description})
    if owner and SavedReport.objects.filter(owner=owner).count() >= MOST:
        raise Conflict(f"You have {MOST} reports. Delete one first.", "too_many")
    values |= {"definition": dict(definition), "owner": owner, "shared": shared}
    made: SavedReport = trail.make(KIND, SavedReport, values, by=by)
    return made


@transaction.atomic
def change(report: SavedReport, values: Mapping[str, Any], *, by: str) -> bool:
    """Of `name`, `description`, `definition` and `shared`; False where nothing differs."""
    words = _entered({name: values[name] for name in _READ if name in values})
    rest = {name: values[name] for name in ("definition", "shared") if name in values}
    if not trail.change(KIND, report, {**words, **rest}, by=by):
        return False
    report.changed_at = timezone.now()
    report.save(update_fields=["changed_at"])
    return True


@transaction.atomic
def remove(report: SavedReport, *, by: str) -> None:
    trail.remove(KIND, report, by=by)


def copied(name: str) -> str:
    """What a copy is called until somebody says otherwise."""
    return f"Copy of {name}"[:LONGEST_NAME]


def _entered(values: Mapping[str, Any]) -> dict[str, Any]:
    errors, found = [], {}
    for name, value in values.items():
        try:
            found[name] = _storable(_READ[name](value))
        except Wrong as wrong:
            errors.append(FieldError(name, str(wrong)))
    refuse(errors)
    return found


def _storable(value: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Wrong("It contains a character that cannot be stored.")
    return value
