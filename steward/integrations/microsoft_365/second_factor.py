"""Which administrators have a second factor, by the report on how people may sign in.

The report knows every user. Only those who hold a role are asked for, since a tenant's users are
more than can be held at once, and no rule asks for the others. It is some hours old, leaves out
disabled users, and needs the plan Entra ID P1 or P2.

https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails
"""

from __future__ import annotations

from typing import Any, TypeAlias

from steward.integrations.microsoft_365.graph import Graph, listed
from steward.sdk.errors import Forbidden, Unexpected

Factors: TypeAlias = dict[str, bool]

REPORT = "/reports/authenticationMethods/userRegistrationDetails"


def of_admins(graph: Graph) -> Factors | None:
    """By user; None where Microsoft does not tell. For whatever reason it refuses: the accounts do
    not hang on it, and are read all the same."""
    pages = graph.pages(REPORT, filter="isAdmin eq true", top=999)
    try:
        rows = [row for answer, _ in pages for row in listed(answer)]
    except (Forbidden, Unexpected):
        return None
    return dict(fact for row in rows if (fact := _of(row)))


def _of(row: Any) -> tuple[str, bool] | None:
    if not isinstance(row, dict) or not row.get("id"):
        raise Unexpected("Microsoft told of second factors without saying whose they are.")
    said = row.get("isMfaRegistered")
    return (str(row["id"]), said) if isinstance(said, bool) else None
