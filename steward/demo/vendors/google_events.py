"""The shapes of Google's logs and usage reports.

developers.google.com/workspace/admin/reports/v1/appendix/activity/token and .../login
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from steward.demo.company import Human, Use
from steward.demo.vendors.google_answers import CUSTOMER, NEVER, Row, etag, stamp, user_id
from steward.demo.workplace import AppEvent, SignIn


def sign_in(event: SignIn) -> Row:
    parameters: list[Row] = [
        {"name": "login_type", "value": "saml"},
        {"name": "is_suspicious", "boolValue": False},
    ]
    told = {"type": "login", "name": "login_success", "parameters": parameters}
    return _event("login", event.human, event.at, told)


def app_event(event: AppEvent) -> Row:
    kind = "NATIVE_IOS" if event.app.native else "WEB"
    parameters: list[Row] = [
        {"name": "client_id", "value": event.app.client_id},
        {"name": "app_name", "value": event.app.name},
        {"name": "client_type", "value": kind},
    ]
    if event.name == "activity":
        parameters.append({"name": "num_response_bytes", "intValue": "2048"})
    else:
        parameters.append({"name": "scope", "multiValue": list(event.app.scopes)})
    told = {"type": "auth", "name": event.name, "parameters": parameters}
    return _event("token", event.human, event.at, told)


def _event(log: str, human: Human, at: datetime, told: Row) -> Row:
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": stamp(at),
            "uniqueQualifier": str(int(at.timestamp()) * 10_000 + human.number),
            "applicationName": log,
            "customerId": CUSTOMER,
        },
        "etag": etag(log, human.number, at),
        "actor": {"callerType": "USER", "email": human.email, "profileId": user_id(human)},
        "ipAddress": "198.51.100.7",
        "events": [told],
    }


def usage(human: Human, use: Use, day: date) -> Row:
    """People who stay signed in use their mail on days on which they do not sign in."""
    parameters: list[Row] = [
        {"name": "accounts:last_login_time", "datetimeValue": _moment(use.last_active)},
        {"name": "gmail:last_interaction_time", "datetimeValue": _moment(_mail(human, use, day))},
        {"name": "drive:timestamp_last_active_usage", "intValue": "0"},
    ]
    return {
        "kind": "admin#reports#usageReport",
        "date": day.isoformat(),
        "etag": etag(human.number, day),
        "entity": {
            "type": "USER",
            "customerId": CUSTOMER,
            "userEmail": use.email,
            "profileId": user_id(human),
        },
        "parameters": parameters,
    }


def _moment(at: datetime | None) -> str:
    return stamp(at) if at else NEVER


def _mail(human: Human, use: Use, day: date) -> datetime | None:
    if use.status != "active" or use.last_active is None:
        return None
    return datetime.combine(day, time(9, human.number % 60, tzinfo=UTC))
