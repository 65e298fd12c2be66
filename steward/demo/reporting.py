"""Reports that the made-up company has made: one for everybody, one of the admin's own."""

from __future__ import annotations

import sys
from typing import Any

import httpx2

_REPORTS: tuple[dict[str, Any], ...] = (
    {
        "name": "Accounts by department",
        "description": "How many people each department has, what they hold on average, and how "
        "many of them have left and can still sign in.",
        "shared": True,
        "definition": {
            "dataset": "people",
            "group_by": ["department"],
            "measures": ["count", "average:holds", "sum:works", "share:leaver"],
            "sort": "-count",
        },
    },
    {
        "name": "Accounts that work and were not used for a quarter",
        "description": "Where the app tells when accounts are used.",
        "definition": {
            "dataset": "accounts",
            "columns": ["name", "application", "role", "person_department", "active_at"],
            "filters": [
                {"column": "status", "op": "is", "value": "active"},
                {"column": "active_at", "op": "not_in_last", "value": "90"},
            ],
            "sort": "active_at",
        },
    },
)


def make_reports(api: httpx2.Client) -> None:
    for report in _REPORTS:
        answer = api.post("/reports", json=report)
        if answer.status_code != 201:
            sys.exit(f"{report['name']} could not be saved: {answer.text}")
