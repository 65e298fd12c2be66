"""Google's logs, usage reports and licences on loopback."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask, request

from steward.demo.company import Human, Use
from steward.demo.vendors import google_answers as answers
from steward.demo.vendors import google_events as events
from steward.demo.vendors.google_controls import refuse
from steward.demo.vendors.google_tenant import Google
from steward.demo.workplace import app_events, sign_ins

Row = dict[str, Any]

# How many days a usage report is late.
LATE = 3
_PRODUCTS = {"Google-Apps": "Google Workspace", "101047": "Gemini"}


def reports(app: Flask, google: Google) -> None:
    logs = _logs(google)
    times = {log: [row["id"]["time"] for row in rows] for log, rows in logs.items()}

    @app.get("/admin/reports/v1/activity/users/<user>/applications/<log>")
    @google.needs("admin.reports.audit.readonly")
    def activity(user: str, log: str) -> Any:
        start, end = request.args.get("startTime", ""), request.args.get("endTime")
        if log not in logs or (end and start >= end):
            return refuse(400, "invalid", "Start time must be before end time.")
        first = bisect_left(times[log], start)
        last = bisect_left(times[log], end) if end else None
        name = request.args.get("eventName")
        found = [r for r in logs[log][first:last] if not name or r["events"][0]["name"] == name]
        return google.page("admin#reports#activities", "items", found[::-1], 1000, 1000)

    @app.get("/admin/reports/v1/usage/users/<user>/dates/<day>")
    @google.needs("admin.reports.usage.readonly")
    def usage(user: str, day: str) -> Any:
        asked, latest = date.fromisoformat(day), datetime.now(UTC).date() - timedelta(days=LATE)
        if asked > latest:
            said = f"Data for dates later than {latest} is not yet available. Please check back."
            return refuse(400, "invalid", said)
        wanted = set(filter(None, request.args.get("parameters", "").split(",")))
        rows = [_only(events.usage(human, use, asked), wanted) for human, use in google.seen()]
        return google.page("admin#reports#usageReports", "usageReports", rows, 1000, 1000)


def _logs(google: Google) -> dict[str, list[Row]]:
    """Oldest first; Google answers with the newest first."""
    company = google.company
    logins = [events.sign_in(event) for event in sign_ins(company.sign_ons)]
    apps = [events.app_event(event) for event in app_events(company.people, company.today)]
    by_time = {"login": logins, "token": apps}
    return {log: sorted(rows, key=lambda r: str(r["id"]["time"])) for log, rows in by_time.items()}


def _only(row: Row, wanted: set[str]) -> Row:
    """A name that Google does not know is passed over."""
    known = [p for p in row["parameters"] if not wanted or p["name"] in wanted]
    return row | {"parameters": known}


def licensing(app: Flask, google: Google) -> None:
    @app.get("/apps/licensing/v1/product/<product>/users")
    @google.needs("apps.licensing")
    def licences(product: str) -> Any:
        if request.args.get("customerId") not in (answers.CUSTOMER, google.company.domain):
            return refuse(400, "invalid", "Invalid customerId")
        if product not in _PRODUCTS:
            return refuse(400, "invalid", "Invalid productId")
        rows = [
            answers.license_of(use, product, _PRODUCTS[product], *sku)
            for human, use in google.seen()
            if use.holds_seat
            for sku in _skus(product, human, use)
        ]
        return google.page("licensing#licenseAssignmentList", "items", rows, 1000, 100)


def _skus(product: str, human: Human, use: Use) -> list[tuple[str, str]]:
    """Contractors have the smaller plan; every fourth employee has the assistant on top."""
    contractor = human.employment == "contractor"
    if product == "Google-Apps":
        return [list(answers.PLANS.items())[contractor]]
    return list(answers.GEMINI.items()) if human.number % 4 == 0 and not contractor else []
