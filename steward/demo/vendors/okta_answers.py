"""The shapes of Okta's answers, as its API description and recorded conversations have them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from steward.demo.company import Company, Human, SignOn, SsoApp, Use

ORG_ID = "00oNorthwindLabs00x7"
OPEN_ID_CONNECT = {"notion", "miro"}
_STATUS = {"active": "ACTIVE", "suspended": "SUSPENDED", "disabled": "DEPROVISIONED"}


def error(code: str, summary: str) -> dict[str, Any]:
    return {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": f"oae{uuid.uuid4().hex[:22]}",
        "errorCauses": [],
    }


def user_id(human: Human) -> str:
    return f"00u{human.number:07d}NWLabs00x7"


def app_id(app: SsoApp) -> str:
    return f"0oa{app.number:07d}NWLabs00x7"


def group_id(number: int) -> str:
    return f"00g{number:07d}NWLabs00x7"


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _day(on: date) -> str:
    return f"{on.isoformat()}T08:00:00.000Z"


def org(company: Company, base: str) -> dict[str, Any]:
    return {
        "id": ORG_ID,
        "companyName": company.name,
        "subdomain": "northwind-labs",
        "status": "ACTIVE",
        "created": _day(date(2016, 3, 1)),
        "lastUpdated": _day(company.today),
        "website": f"https://www.{company.domain}",
        "_links": {"preferences": {"href": f"{base}/api/v1/org/preferences"}},
    }


def well_known(base: str) -> dict[str, Any]:
    return {"id": ORG_ID, "pipeline": "idx", "_links": {"organization": {"href": base}}}


def status(use: Use) -> str:
    """A user who has not yet chosen a password is PROVISIONED."""
    never = use.status == "active" and use.last_active is None
    return "PROVISIONED" if never else _STATUS[use.status]


def user(company: Company, human: Human, use: Use, base: str) -> dict[str, Any]:
    second = human.aliases[0] if human.aliases else None
    emails = [{"value": human.email, "status": "VERIFIED", "type": "PRIMARY"}]
    if second:
        emails.append({"value": second, "status": "VERIFIED", "type": "SECONDARY"})
    return {
        "id": user_id(human),
        "status": status(use),
        "created": _day(human.started),
        "activated": _day(human.started),
        "statusChanged": _day(human.left or human.started),
        "lastLogin": stamp(use.last_active) if use.last_active else None,
        "lastUpdated": _day(human.left or human.started),
        "passwordChanged": None,
        "type": {"id": "otyNorthwindLabs00x7"},
        "profile": {**_profile(company, human), "secondEmail": second, "login": use.username},
        "credentials": {"emails": emails, "provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": f"{base}/api/v1/users/{user_id(human)}"}},
    }


def _profile(company: Company, human: Human) -> dict[str, Any]:
    manager = company.human(human.manager_id) if human.manager_id else None
    return {
        "firstName": human.first,
        "lastName": human.last or None,
        "mobilePhone": None,
        "email": human.email,
        "department": human.department,
        "title": human.title,
        "manager": manager.name if manager else None,
        "managerId": f"NW{manager.number:05d}" if manager else None,
        "division": "Technology" if human.department in ("Engineering", "Data") else "Business",
        "costCenter": f"CC-{100 + len(human.department)}",
        "userType": human.employment,
        "employeeNumber": f"NW{human.number:05d}",
    }


def group(key: str, name: str, number: int, base: str) -> dict[str, Any]:
    made = _day(date(2016, 3, 1))
    return {
        "id": group_id(number),
        "created": made,
        "lastUpdated": made,
        "lastMembershipUpdated": made,
        "objectClass": ["okta:user_group"],
        "type": "BUILT_IN" if key == "everyone" else "OKTA_GROUP",
        "profile": {"name": name, "description": f"{name} of the company"},
        "_links": {"users": {"href": f"{base}/api/v1/groups/{group_id(number)}/users"}},
    }


_OPEN_ID: dict[str, Any] = {
    "signOnMode": "OPENID_CONNECT",
    "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
    "settings": {"oauthClient": {"application_type": "web", "consent_method": "REQUIRED"}},
}


def app(app: SsoApp, base: str) -> dict[str, Any]:
    made = _day(date(2019, 5, 6))
    mode = _OPEN_ID if app.key in OPEN_ID_CONNECT else {"signOnMode": "SAML_2_0"}
    return {
        "id": app_id(app),
        "orn": f"orn:okta:idp:{ORG_ID}:apps:{app.name}:{app_id(app)}",
        "name": app.name,
        "label": app.label,
        "status": "ACTIVE" if app.active else "INACTIVE",
        "created": made,
        "lastUpdated": made,
        **mode,
        "features": [],
        "_links": {"users": {"href": f"{base}/api/v1/apps/{app_id(app)}/users"}},
    }


def app_user(app: SsoApp, human: Human, use: Use, base: str) -> dict[str, Any]:
    made = _day(human.started)
    return {
        "id": user_id(human),
        "created": made,
        "lastUpdated": made,
        "scope": "GROUP",
        "status": "ACTIVE",
        "statusChanged": made,
        "passwordChanged": None,
        "syncState": "DISABLED",
        "credentials": {"userName": use.username},
        "profile": {},
        "_links": {
            "app": {"href": f"{base}/api/v1/apps/{app_id(app)}"},
            "user": {"href": f"{base}/api/v1/users/{user_id(human)}"},
        },
    }


def assignee(human: Human, base: str) -> dict[str, Any]:
    link = f"{base}/api/v1/users/{user_id(human)}"
    return {
        "id": user_id(human),
        "orn": f"orn:okta:{ORG_ID}:users:{user_id(human)}",
        "_links": {"self": {"href": link}, "roles": {"href": f"{link}/roles"}},
    }


def role(human: Human, use: Use, base: str) -> dict[str, Any]:
    owner = use.role == "owner"
    made = _day(human.started)
    return {
        "id": f"ra1{human.number:07d}NWLabs00x7",
        "label": "Super Administrator" if owner else "Help Desk Administrator",
        "type": "SUPER_ADMIN" if owner else "HELP_DESK_ADMIN",
        "status": "ACTIVE",
        "created": made,
        "lastUpdated": made,
        "assignmentType": "USER",
        "_links": {"assignee": {"href": f"{base}/api/v1/users/{user_id(human)}"}},
    }


def has_second_factor(human: Human) -> bool:
    return human.number % 23 != 0


def factors(human: Human, base: str) -> list[dict[str, Any]]:
    """Whoever has no second factor has a security question, and a phone never confirmed."""
    has = has_second_factor(human)
    phone = ("sms", "OKTA", "ACTIVE" if has else "PENDING_ACTIVATION")
    app = ("push", "OKTA", "ACTIVE") if has else ("question", "OKTA", "ACTIVE")
    made = _day(human.started)
    return [
        {
            "id": f"{kind[:3]}{human.number:07d}NWLabs00x7",
            "factorType": kind,
            "provider": provider,
            "vendorName": provider,
            "status": status,
            "created": made,
            "lastUpdated": made,
            "_links": {"user": {"href": f"{base}/api/v1/users/{user_id(human)}"}},
        }
        for kind, provider, status in (phone, app)
    ]


def session_start(human: Human, at: datetime) -> dict[str, Any]:
    return _event("user.session.start", "User login to Okta", human, at, [])


def sign_on(sign: SignOn) -> dict[str, Any]:
    target = {
        "id": app_id(sign.app),
        "type": "AppInstance",
        "alternateId": sign.app.label,
        "displayName": sign.app.label,
    }
    return _event(
        "user.authentication.sso", "User single sign on to app", sign.human, sign.at, [target]
    )


def _event(
    kind: str, message: str, human: Human, at: datetime, target: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{human.id}{at}{target}")),
        "published": stamp(at),
        "eventType": kind,
        "version": "0",
        "severity": "INFO",
        "displayMessage": message,
        "actor": {
            "id": user_id(human),
            "type": "User",
            "alternateId": human.email,
            "displayName": human.name,
        },
        "outcome": {"result": "SUCCESS"},
        "target": target,
    }
