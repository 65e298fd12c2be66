"""What the made-up company has said of its applications: owners, approval, fields of its own."""

from __future__ import annotations

import sys
from typing import Any

import httpx2

# Category, department of the owner, approval, criticality, tags, data class.
_SAID: dict[str, tuple[str, str, str, str, tuple[str, ...], str]] = {
    "Okta": ("Identity", "Security", "approved", "high", ("core", "sso"), "Secret"),
    "GitHub": ("Development", "Engineering", "approved", "high", ("core",), "Secret"),
    "Slack": ("Collaboration", "Security", "approved", "high", ("core",), "Internal"),
    "Figma": ("Design", "Product", "approved", "medium", ("creative",), "Internal"),
    "Miro": ("Design", "Product", "approved", "low", ("creative",), "Internal"),
    "Salesforce": ("Sales", "Sales", "approved", "high", ("core", "customers"), "Secret"),
    "Zoom": ("Collaboration", "", "approved", "medium", (), "Internal"),
    "Mail Merge Wizard": ("Marketing", "Marketing", "unconfirmed", "", ("mail",), ""),
    "MeetingScribe AI": ("AI", "", "unapproved", "medium", ("ai", "review"), "Secret"),
    "PDF Juggler": ("Documents", "", "unapproved", "", ("review",), ""),
}
_WHY = {
    "unapproved": "Reads more than it needs; ask Security for what to use instead.",
    "approved": "Looked at by Security.",
}


def enter_records(api: httpx2.Client) -> None:
    """Through the API, as an admin would. Who owned Figma has left since."""
    for field in (
        {"name": "Data class", "type": "choice", "choices": ["Public", "Internal", "Secret"]},
        {"name": "Review date", "type": "date"},
        {"name": "Data steward", "type": "person"},
    ):
        _sent(api.post("/fields", json=field))
    known = _known(api)
    for name in _SAID.keys() & known.keys():
        _say(api, known[name], name)
    left = [p["id"] for p in _people(api) if p["has_left"]]
    if left and "Figma" in known:
        owner = {"technical_owner": left[0]}
        _sent(api.patch(f"/applications/{known['Figma']['id']}", json=owner))
    clock = {"name": "Time clock", "category": "People", "notes": "A terminal at the door."}
    _sent(api.post("/applications", json={**clock, "inactive_after": 60}))
    _merge(api, known, "Mail Merge Wizard", "Mail Merge")


def _say(api: httpx2.Client, row: dict[str, Any], name: str) -> None:
    category, department, status, criticality, tags, data = _SAID[name]
    said: dict[str, Any] = {
        "category": category,
        "status": status,
        "criticality": criticality,
        "tags": list(tags),
        "fields": {"Data class": data, "Review date": "2027-01-15" if data == "Secret" else ""},
        "comment": _WHY.get(status, ""),
    }
    if department:
        here = [p["id"] for p in _people(api, department=department) if not p["has_left"]]
        owner = here[-1]
        said |= {"business_owner": owner}
        said["fields"]["Data steward"] = owner if data == "Secret" else None
    _sent(api.patch(f"/applications/{row['id']}", json=said))


def _merge(api: httpx2.Client, known: dict[str, Any], keep: str, other: str) -> None:
    if keep in known and other in known:
        path = f"/applications/{known[keep]['id']}/merge"
        _sent(api.post(path, json={"other": known[other]["id"]}))


def _known(api: httpx2.Client) -> dict[str, dict[str, Any]]:
    items = api.get("/applications", params={"limit": 1000}).json()["items"]
    return {row["name"]: row for row in items}


def _people(api: httpx2.Client, **filters: str) -> list[dict[str, Any]]:
    params = {"limit": "300", **filters}
    found: list[dict[str, Any]] = api.get("/people", params=params).json()["items"]
    return [person for person in found if person["accounts"]]


def _sent(answer: httpx2.Response) -> None:
    if answer.is_error:
        sys.exit(f"What the company says of its applications was not taken: {answer.text}")
