"""Okta's objects as records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from steward.integrations.okta.second_factor import FIELD
from steward.sdk.records import Account, AccountKind, Activity, App, Group

# https://developer.okta.com/docs/reference/user-status/: those who were not let in yet, and those
# who are not let in any more. LOCKED_OUT, PASSWORD_EXPIRED and RECOVERY end by themselves.
_CANNOT_SIGN_IN = {"STAGED", "SUSPENDED", "DEPROVISIONED"}
# Not gone: not begun yet, or paused.
_COMES_BACK = {"STAGED", "SUSPENDED"}

# Okta's own console, dashboard and plug-ins, which it lists among the customer's apps.
_OKTAS_OWN = {
    "saasure", "okta_enduser", "okta_browser_plugin", "okta_flow_sso", "okta_iga_reviewer",
    "okta_access_requests_resource_catalog",
}  # fmt: skip
_SERVICE_TYPES = re.compile(r"\b(service|system|bot|robot|machine)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_TARGET_APP = "AppInstance"

Object = Mapping[str, Any]


def account(user: Object) -> Account:
    profile = user["profile"]
    status = str(user.get("status") or "")
    return Account(
        id=str(user["id"]),
        email=profile.get("email") or None,
        username=profile.get("login") or "",
        name=_name(profile),
        status="disabled" if status in _CANNOT_SIGN_IN else "active",
        kind=_kind(profile),
        created_at=time_of(user.get("created")),
        last_active_at=time_of(user.get("lastLogin")),
        emails=_further_addresses(user),
        attributes={k: v for k, v in _described(profile, status).items() if v} | _mfa(user),
    )


def _mfa(user: Object) -> dict[str, bool]:
    return {"mfa": user[FIELD]} if FIELD in user else {}


def _name(profile: Object) -> str:
    parts = (profile.get("firstName"), profile.get("middleName"), profile.get("lastName"))
    return profile.get("displayName") or " ".join(part for part in parts if part)


def _kind(profile: Object) -> AccountKind:
    return "service" if _SERVICE_TYPES.search(str(profile.get("userType") or "")) else "person"


def _further_addresses(user: Object) -> tuple[str, ...]:
    """A second address that Okta knows not to be proven is left out: its owner may be another."""
    profile = user["profile"]
    known = (user.get("credentials") or {}).get("emails") or ()
    unproven = {e.get("value") for e in known if e.get("status") == "UNVERIFIED"}
    found = [a for a in (profile.get("login"), profile.get("secondEmail")) if a not in unproven]
    return tuple(
        address
        for address in dict.fromkeys(found)
        if address and address != profile.get("email") and _ADDRESS.fullmatch(address)
    )


def _described(profile: Object, status: str) -> dict[str, Any]:
    return {
        "app_status": status.lower(),
        "suspended": status in _COMES_BACK,
        "department": profile.get("department"),
        "title": profile.get("title"),
        "manager": profile.get("manager") or profile.get("managerId"),
        "manager_id": profile.get("managerId"),
        "division": profile.get("division"),
        "cost_centre": profile.get("costCenter"),
        "employment_type": profile.get("userType"),
        "employee_number": profile.get("employeeNumber"),
        "company": profile.get("organization"),
        "location": ", ".join(p for p in (profile.get("city"), profile.get("countryCode")) if p),
    }


def group(item: Object) -> Group:
    return Group(id=str(item["id"]), name=str(item["profile"]["name"]))


def role(item: Object) -> Group:
    """A standard role is known by its type, a custom one by the id of its definition; `id` is
    that of the assignment."""
    own = item["role"] if item["type"] == "CUSTOM" else item["type"]
    return Group(id=f"role:{own}", name=str(item.get("label") or own), kind="role")


def app(item: Object) -> App | None:
    if is_oktas_own(item) or is_machine(item) or item.get("status") == "DELETED":
        return None
    return app_of(item)


def app_of(item: Object) -> App:
    return App(
        id=str(item["id"]),
        name=str(item.get("label") or item["name"]),
        key=str(item["name"]),
        active=item.get("status") == "ACTIVE",
    )


def is_oktas_own(item: Object) -> bool:
    return item["name"] in _OKTAS_OWN


def is_machine(item: Object) -> bool:
    """An API service app (Steward's own, for one) is a credential; nobody signs in to it."""
    client = (item.get("settings") or {}).get("oauthClient") or {}
    return client.get("application_type") == "service"


def activity(event: Object) -> list[Activity]:
    """One for each app signed on to; an event without an app is a sign-in to Okta itself."""
    actor = event["actor"]
    if actor.get("type") != "User" or not _succeeded(event):
        return []
    day = _moment(event["published"]).date()
    apps = [t["id"] for t in event.get("target") or () if t.get("type") == _TARGET_APP]
    if event.get("eventType") == "user.session.start":
        apps = [""]
    return [Activity(account=actor["id"], day=day, app=app) for app in apps]


def _succeeded(event: Object) -> bool:
    return (event.get("outcome") or {}).get("result") in ("SUCCESS", "ALLOW")


def time_of(value: Any) -> datetime | None:
    return _moment(value) if value else None


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
