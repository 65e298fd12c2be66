"""The shapes of Google's answers, as its discovery documents and recorded answers have them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any

from steward.demo.company import Company, Human, Use
from steward.demo.workplace import LetIn

CUSTOMER = "C03nwlabs"
NEVER = "1970-01-01T00:00:00.000Z"
PLANS = {
    "1010020025": "Google Workspace Business Plus",
    "1010020028": "Google Workspace Business Standard",
}
GEMINI = {"1010470009": "AI Expanded Access"}
ROLES = {
    "19000000000000001": ("_SEED_ADMIN_ROLE", "Super Admin"),
    "19000000000000002": ("_HELP_DESK_ADMIN_ROLE", "Help Desk Admin"),
    "19000000000000003": ("_GROUPS_ADMIN_ROLE", "Groups Admin"),
}

Row = dict[str, Any]


def user_id(human: Human) -> str:
    return str(104000000000000000000 + human.number * 1_000_003)


def group_id(number: int) -> str:
    return f"03nwlabs{number:05d}"


def group_email(key: str, domain: str) -> str:
    return f"{key}@{domain}"


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def etag(*parts: object) -> str:
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:27]}"'


def customer(company: Company) -> Row:
    return {
        "kind": "admin#directory#customer",
        "id": CUSTOMER,
        "etag": etag(company.name),
        "customerDomain": company.domain,
        "alternateEmail": "owner@mail.example",
        "postalAddress": {"organizationName": company.name, "countryCode": "SE"},
        "language": "en",
        "customerCreationTime": _day(date(2016, 3, 1)),
    }


def _day(on: date) -> str:
    return stamp(datetime.combine(on, time(8, tzinfo=UTC)))


def user(company: Company, human: Human, use: Use) -> Row:
    """Keys without a value are left away, as Google leaves them away."""
    suspended = use.status == "suspended"
    second_step = human.number % 6 != 0 or use.role != "member"
    row = {
        "kind": "admin#directory#user",
        "id": user_id(human),
        "etag": etag(human, use),
        "primaryEmail": use.email,
        "name": {
            "givenName": human.first,
            "familyName": human.last,
            "fullName": human.name,
        },
        "isAdmin": use.role == "owner",
        "isDelegatedAdmin": use.role == "admin",
        "lastLoginTime": stamp(use.last_active) if use.last_active else NEVER,
        "creationTime": _day(human.started),
        "agreedToTerms": use.last_active is not None,
        "suspended": suspended,
        "archived": use.status == "disabled",
        "changePasswordAtNextLogin": False,
        "ipWhitelisted": False,
        "emails": _emails(human, use),
        "aliases": list(human.aliases),
        "organizations": _organizations(human),
        "relations": _manager(company, human),
        "locations": [{"type": "desk", "area": "desk", "buildingId": _office(human)}],
        "externalIds": [{"value": f"NW{human.number:05d}", "type": "organization"}],
        "customerId": CUSTOMER,
        "orgUnitPath": _org_unit(human),
        "isMailboxSetup": True,
        "isEnrolledIn2Sv": second_step and use.last_active is not None,
        "isEnforcedIn2Sv": use.role != "member",
        "includeInGlobalAddressList": True,
        "suspensionReason": "ADMIN" if suspended else None,
        "thumbnailPhotoUrl": f"https://lh3.example/{etag(datetime.now(UTC))[1:9]}",
        "customSchemas": {"Payroll": {"Grade": "C2"}},
    }
    return {name: value for name, value in row.items() if value not in (None, [], {})}


def _emails(human: Human, use: Use) -> list[Row]:
    own = [{"address": use.email, "primary": True}]
    return own + [{"address": alias} for alias in human.aliases]


def _organizations(human: Human) -> list[Row]:
    return [
        {
            "title": human.title,
            "primary": True,
            "customType": "",
            "department": human.department,
            "description": human.employment,
            "costCenter": f"CC-{100 + len(human.department)}",
        }
    ]


def _manager(company: Company, human: Human) -> list[Row]:
    if not human.manager_id:
        return []
    return [{"value": company.human(human.manager_id).email, "type": "manager"}]


def _office(human: Human) -> str:
    return ("Stockholm", "Lisbon", "Remote")[human.number % 3]


def _org_unit(human: Human) -> str:
    return "/Contractors" if human.employment == "contractor" else f"/Staff/{human.department}"


def group(key: str, name: str, number: int, count: int, domain: str) -> Row:
    return {
        "kind": "admin#directory#group",
        "id": group_id(number),
        "etag": etag(key, count),
        "email": group_email(key, domain),
        "name": name,
        "directMembersCount": str(count),
        "description": f"{name} of the company",
        "adminCreated": True,
    }


def member(human: Human, use: Use) -> Row:
    return {
        "kind": "admin#directory#member",
        "etag": etag(human.number, "member"),
        "id": user_id(human),
        "email": use.email,
        "role": "MEMBER",
        "type": "USER",
        "status": "ACTIVE" if use.status == "active" else "SUSPENDED",
    }


def outsider(number: int) -> Row:
    return {
        "kind": "admin#directory#member",
        "etag": etag(number, "outsider"),
        "id": str(117000000000000000000 + number),
        "email": f"partner{number}@agency.example",
        "role": "MEMBER",
        "type": "USER",
    }


def inner_group(number: int, key: str, domain: str) -> Row:
    return {
        "kind": "admin#directory#member",
        "etag": etag(number, "group"),
        "id": group_id(number),
        "email": group_email(key, domain),
        "role": "MEMBER",
        "type": "GROUP",
        "status": "ACTIVE",
    }


def role(number: str) -> Row:
    return {
        "kind": "admin#directory#role",
        "etag": etag(number),
        "roleId": number,
        "roleName": ROLES[number][1],
        "roleDescription": ROLES[number][1],
        "isSystemRole": True,
        "isSuperAdminRole": number.endswith("1"),
        "rolePrivileges": [{"privilegeName": "USERS_RETRIEVE", "serviceId": "00haapch16h1ysv"}],
    }


def assignment(number: int, role_id: str, assignee: str, kind: str = "user") -> Row:
    return {
        "kind": "admin#directory#roleAssignment",
        "etag": etag(role_id, assignee),
        "roleAssignmentId": str(19100000000000000 + number),
        "roleId": role_id,
        "assignedTo": assignee,
        "assigneeType": kind,
        "scopeType": "CUSTOMER",
    }


def token(human: Human, app: LetIn) -> Row:
    return {
        "kind": "admin#directory#token",
        "etag": etag(human.number, app.number),
        "clientId": app.client_id,
        "displayText": app.name,
        "anonymous": app.anonymous,
        "nativeApp": app.native,
        "userKey": user_id(human),
        "scopes": list(app.scopes),
    }


def license_of(use: Use, product: str, name: str, sku: str, sku_name: str) -> Row:
    return {
        "kind": "licensing#licenseAssignment",
        "etags": etag(use.email, sku),
        "productId": product,
        "productName": name,
        "skuId": sku,
        "skuName": sku_name,
        "userId": use.email,
        "selfLink": f"https://licensing.example/{product}/sku/{sku}/user/{use.email}",
    }
