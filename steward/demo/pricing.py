"""What the made-up company pays for a seat, entered the way an admin's program would."""

from __future__ import annotations

from datetime import date, timedelta

import httpx2

# By name of the licence: since how many days ago which price holds, for how many months.
PRICES = {
    "GitHub Copilot Business": ((400, "19.00", 1),),
    "Google Workspace Business Plus": ((420, "18.00", 1), (120, "22.00", 1)),
    "Google Workspace Business Standard": ((420, "12.00", 1), (120, "14.00", 1)),
    "Microsoft 365 Copilot": ((200, "30.00", 1),),
    "Microsoft 365 E3": ((365, "432.00", 12),),
    "Power BI Pro": ((365, "120.00", 12), (90, "168.00", 12)),
    "Slack seat": ((500, "7.25", 1), (150, "8.75", 1)),
    "Paid seats": ((250, "45.00", 1),),
}
# Where the app does not say how many were bought.
BOUGHT = {"Slack seat": 220, "Paid seats": 110, "Google Workspace Business Plus": 200}


def price_licences(api: httpx2.Client, today: date) -> None:
    for one in api.get("/licenses").json()["items"]:
        for days, amount, months in PRICES.get(one["name"], ()):
            since = (today - timedelta(days=days)).isoformat()
            price = {"amount": amount, "currency": "USD", "months": months, "since": since}
            api.post(f"/licenses/{one['id']}/prices", json=price).raise_for_status()
        if one["name"] in BOUGHT:
            bought = {"bought": BOUGHT[one["name"]]}
            api.patch(f"/licenses/{one['id']}", json=bought).raise_for_status()
