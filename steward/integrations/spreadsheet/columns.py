"""Which column of a list holds what: chosen in the settings, or known by its usual heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from steward.integrations.spreadsheet.words import FIELDS
from steward.sdk.errors import Unexpected
from steward.sdk.sheets.words import plain

_HEADINGS = {
    name: [plain(heading) for heading in headings.split()] for name, (_, headings) in FIELDS.items()
}
_KNOWN = {heading for headings in _HEADINGS.values() for heading in headings}
NEEDED = ("id", "email", "username")


def setting_of(name: str) -> str:
    return f"{name}_column"


def chosen(settings: Mapping[str, Any]) -> dict[str, str]:
    """What the admin chose by hand: the field and the heading of its column."""
    named = ((name, str(settings.get(setting_of(name)) or "").strip()) for name in FIELDS)
    return {name: heading for name, heading in named if heading}


def telling(row: Sequence[str], by_hand: Mapping[str, str]) -> int:
    """How many cells look like headings."""
    wanted = _KNOWN | {plain(heading) for heading in by_hand.values()}
    return len({plain(cell) for cell in row} & wanted)


def placed(header: Sequence[str], by_hand: Mapping[str, str]) -> dict[str, int]:
    """The place of each field's column. Unexpected, with all headings, when a chosen column is
    not there or nothing tells the accounts apart."""
    places = {plain(cell): place for place, cell in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for name, heading in by_hand.items():
        if plain(heading) not in places:
            raise Unexpected(
                f"There is no column “{heading}” for {FIELDS[name][0]}. {_listed(header)}"
            )
        found[name] = places[plain(heading)]
    for name in FIELDS:
        usual = (places.get(plain(h)) for h in _HEADINGS[name] if name not in found)
        place = next((p for p in usual if p is not None and p not in found.values()), None)
        if place is not None:
            found[name] = place
    if not any(name in found for name in NEEDED):
        raise Unexpected(
            "No column was recognised as e-mail, id or user name, so the accounts cannot be told "
            f"apart. {_listed(header)} Say in the settings which column is which."
        )
    return found


def _listed(header: Sequence[str]) -> str:
    shown = [f"“{cell.strip()[:40]}”" for cell in header if cell.strip()][:40]
    return f"The columns are: {', '.join(shown)}." if shown else "The list is empty."
