"""Licences by the names that Microsoft sells them under, and those that cost nothing.

The names are from https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
("String ID" and "Product name"), for the ones that are met most; any other is shown by its part
number.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

# Given to whoever asks, often by the ten thousand. By id, since users carry the ids alone.
FREE = frozenset(
    {
        "f30db892-07e9-47e9-837c-80727f46fd3d",  # FLOW_FREE
        "a403ebcc-fae0-4ca2-8c8c-7a907fd6c235",  # POWER_BI_STANDARD
        "6470687e-a428-4b7a-bef2-8a291ad947c9",  # WINDOWS_STORE
        "710779e8-3d4a-4c88-adb9-386c958d1fdf",  # TEAMS_EXPLORATORY
        "16ddbbfc-09ea-4de2-b1d7-312db6112d70",  # TEAMS_FREE
        "dcb1a3ae-b33f-4487-846a-a640262fadf4",  # POWERAPPS_VIRAL
        "8c4ce438-32a7-4ac5-91a6-e22ae08d9c8b",  # RIGHTSMANAGEMENT_ADHOC
        "1f2f344a-700d-42c9-9427-5cea1d5d7ba6",  # STREAM
        "90d8b3f8-712e-4f7b-aa1e-62e7ae6cbe96",  # SMB_APPS
    }
)


@cache
def _names() -> dict[str, str]:
    file = Path(__file__).parent / "products.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])


def name_of(part_number: str) -> str:
    return _names().get(part_number, part_number)
