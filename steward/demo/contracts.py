"""The made-up company's contracts: some renew soon, one has renewed by itself, one is over."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any, NamedTuple

import httpx2

PDF = b"%PDF-1.4\n% An order form, made up.\n"


class Agreed(NamedTuple):
    """Days are counted from today. What has no `application` there is with a vendor alone."""

    application: str
    vendor: str
    starts: int
    ends: int
    notice: int | None
    renews: int | None
    value: str
    currency: str = "USD"
    document: str = ""


AGREED = (
    Agreed("Slack", "Slack Technologies", -341, 23, -7, 12, "31500", document="Order form.pdf"),
    Agreed("GitHub", "GitHub Inc", -300, 64, 24, 12, "25200"),
    Agreed("Google Workspace", "Google Ireland", -250, 114, 84, 12, "43200", "EUR"),
    Agreed("Okta", "Okta Inc", -700, 395, 305, 36, "96000", document="Subscription agreement.pdf"),
    Agreed(
        "Microsoft Entra ID / Microsoft 365", "Reseller GmbH", -420, -56, -86, 12, "58400", "EUR"
    ),
    Agreed("Sketchpad", "Sketchpad Ltd", -180, 9, None, None, "8900", "GBP", "Order form.pdf"),
    Agreed("", "Fieldnotes", -500, -120, None, None, "2400"),
)


def enter_contracts(api: httpx2.Client, owners: list[str]) -> None:
    """Through the API, as a program of the company's would."""
    applications = {
        row["name"]: row["id"] for row in api.get("/applications?limit=1000").json()["items"]
    }
    people = [api.get("/people", params={"q": o}).json()["items"][0]["id"] for o in owners]
    for number, agreed in enumerate(AGREED):
        body = _body(agreed, applications.get(agreed.application))
        made = _asked(api, "/contracts", json={**body, "owner": people[number % len(people)]})
        if agreed.document:
            file = {"file": (agreed.document, PDF, "application/pdf")}
            _asked(api, f"/contracts/{made['id']}/documents", files=file)


def _body(agreed: Agreed, application: int | None) -> dict[str, Any]:
    def day(count: int | None) -> str | None:
        return None if count is None else str(date.today() + timedelta(days=count))  # noqa: DTZ011

    return {
        "vendor": agreed.vendor,
        "name": agreed.application or agreed.vendor,
        "application": application,
        "starts_on": day(agreed.starts),
        "ends_on": day(agreed.ends),
        "notice_on": day(agreed.notice),
        "auto_renews": agreed.renews is not None,
        "renews_for_months": agreed.renews,
        "value": agreed.value,
        "currency": agreed.currency,
    }


def _asked(api: httpx2.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = api.post(path, **body)
    if answer.status_code != 201:
        sys.exit(f"{path} answered {answer.status_code}: {answer.text}")
    made: dict[str, Any] = answer.json()
    return made
