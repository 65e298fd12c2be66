"""The made-up company's access reviews: one that is closed, with its evidence, and one under way.

Two managers are members of Steward, as Readers; they decide over the API, each by a token of
their own.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import httpx2

from steward.demo.company import Company
from steward.inventory.member import ApiToken, Member, Role

ADMIN = "admin@northwind-labs.example"
MANAGERS, IDLE_DAYS = 2, 1


def review_access(api: httpx2.Client, company: Company, base: str) -> None:
    managers = {
        email: httpx2.Client(
            base_url=f"{base}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )
        for email, token in _managers(company)
    }
    known = api.get("/applications", params={"limit": 1000}).json()["items"]
    numbers = {row["name"]: row["id"] for row in known}
    emails = list(managers)
    _finished(api, company, numbers["GitHub"], emails, managers)
    _under_way(api, company, numbers, emails, managers)
    for client in managers.values():
        client.close()


def _managers(company: Company) -> list[tuple[str, str]]:
    """Those with most people below them, and a token of each."""
    leads = [human.manager_id for human in company.people if human.manager_id]
    here = [h for h in company.people if h.id in leads and not h.left]
    here.sort(key=lambda human: (-leads.count(human.id), human.number))
    made = []
    for human in here[:MANAGERS]:
        member = Member.objects.create_user(human.email, name=human.name, role=Role.READER)
        made.append((human.email, ApiToken.make("their own", str(Role.READER), member)[1]))
    return made


def _finished(
    api: httpx2.Client,
    company: Company,
    application: int,
    emails: list[str],
    managers: dict[str, httpx2.Client],
) -> None:
    chosen = {"application": application, "reviewers": "members", "members": emails}
    review = _make(api, company, "Source code, third quarter", 14, [chosen])
    for item in _items(api, review):
        _decide(managers.get(item["reviewer"], api), item)
    _sent(api.patch(f"/reviews/{review}", json={"state": "closed"}))


def _under_way(
    api: httpx2.Client,
    company: Company,
    numbers: dict[str, int],
    emails: list[str],
    managers: dict[str, httpx2.Client],
) -> None:
    chosen = [
        {"application": numbers["Slack"], "reviewers": "manager"},
        {
            "application": numbers["Sketchpad"],
            "reviewers": "members",
            "members": [ADMIN, emails[0]],
        },
    ]
    review = _make(api, company, "Chat and design, fourth quarter", 12, chosen)
    for number, item in enumerate(_items(api, review)):
        if number % 5 < 2:
            _decide(managers.get(item["reviewer"], api), item)


def _make(
    api: httpx2.Client, company: Company, name: str, days: int, chosen: list[dict[str, Any]]
) -> int:
    body = {
        "name": name,
        "description": "Keep what is needed for the work of today. When in doubt, ask the person.",
        "due_on": str(company.today + timedelta(days=days)),
        "applications": chosen,
        "start": True,
    }
    made = _sent(api.post("/reviews", json=body))
    return int(made["id"])


def _items(api: httpx2.Client, review: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _sent(
        api.get(f"/reviews/{review}/items", params={"limit": 1000})
    )["items"]
    return found


def _decide(api: httpx2.Client, item: dict[str, Any]) -> None:
    """As a manager would: who has left, or has not been seen, needs it no more."""
    idle = item["days_active"] is not None and item["days_active"] < IDLE_DAYS
    said: dict[str, Any] = {"decision": "remove" if item["standing"] == "left" or idle else "keep"}
    if item["kind"] == "service":
        said = {"decision": "keep", "comment": "A machine’s account; checked with its owner."}
    _sent(api.patch(f"/reviews/{item['review']}/items/{item['id']}", json=said))


def _sent(answer: httpx2.Response) -> dict[str, Any]:
    if answer.is_error:
        sys.exit(f"The access review was not taken: {answer.text}")
    taken: dict[str, Any] = answer.json()
    return taken
