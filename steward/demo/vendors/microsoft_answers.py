"""The shapes of Microsoft Graph's answers, as its description and documentation have them."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from steward.demo.company import Company, Human, SignOn, SsoApp, Use
from steward.demo.staff import DOMAIN

Row = dict[str, Any]


def own_id(kind: str, number: int | str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{kind}-{number}.{DOMAIN}"))


TENANT = own_id("tenant", 1)
CLIENT = own_id("client", "steward")
INITIAL = "northwindlabs.onmicrosoft.com"
GRAPH = "00000003-0000-0000-c000-000000000000"
_MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
SKUS = {
    "SPE_E3": ("05e9a617-0261-4cee-bb44-138d3ef5d965", 240),
    "POWER_BI_PRO": ("f8a1db68-be16-40ed-86d5-cb42ce701560", 60),
    "Microsoft_365_Copilot": ("639dec6b-bb19-468b-871c-c5c441c4b0cb", 40),
    "NORTHWIND_PILOT": (own_id("sku", "pilot"), 5),
    "FLOW_FREE": ("f30db892-07e9-47e9-837c-80727f46fd3d", 10_000),
}
_ROLES = {"global": "Global Administrator", "helpdesk": "Helpdesk Administrator"}
ROLE_DEFINITIONS = [
    {"id": own_id("role", key), "displayName": name}
    for key, name in {**_ROLES, "reader": "Global Reader"}.items()
]


def error(code: str, message: str) -> Row:
    inner = {"date": stamp(datetime.now(UTC))[:19], "request-id": str(uuid.uuid4())}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(on: date | None) -> str | None:
    return stamp(datetime.combine(on, time(8, tzinfo=UTC))) if on else None


def blank_user(number: str) -> Row:
    """A property that was never set is null, or an empty list."""
    names = (
        "displayName", "mail", "userPrincipalName", "department", "jobTitle", "companyName",
        "employeeType", "employeeId", "employeeHireDate", "employeeLeaveDateTime",
        "officeLocation", "country", "createdDateTime", "manager", "signInActivity",
    )  # fmt: skip
    lists: Row = {"proxyAddresses": [], "otherMails": [], "assignedLicenses": []}
    blank = dict.fromkeys(names)
    return {**blank, **lists, "id": number, "accountEnabled": True, "userType": "Member"}


def user(company: Company, human: Human, use: Use) -> Row:
    """Contractors are guests; whoever is suspended or has left is blocked from signing in."""
    guest = human.employment == "contractor"
    outside = f"{human.email.replace('@', '_')}#EXT#@{INITIAL}"
    active = stamp(use.last_active) if use.last_active else None
    return {
        **blank_user(own_id("user", human.number)),
        "displayName": human.name,
        "mail": human.email,
        "userPrincipalName": outside if guest else human.email,
        "accountEnabled": use.status == "active",
        "userType": "Guest" if guest else "Member",
        "createdDateTime": _day(human.started),
        "proxyAddresses": [f"SMTP:{human.email}", *(f"smtp:{a}" for a in human.aliases)],
        "department": human.department or None,
        "jobTitle": human.title or None,
        "companyName": company.name,
        "employeeType": "service account" if human.employment == "service" else human.employment,
        "employeeId": f"NW{human.number:05d}",
        "employeeHireDate": _day(human.started),
        "employeeLeaveDateTime": _day(human.left),
        "officeLocation": "Remote" if human.number % 3 else "Head office",
        "manager": _manager(company, human),
        "assignedLicenses": [
            {"disabledPlans": [], "skuId": SKUS[part][0]} for part in _licenses(human, use)
        ],
        "signInActivity": active and {"lastSuccessfulSignInDateTime": active},
    }


def _manager(company: Company, human: Human) -> Row | None:
    if not human.manager_id:
        return None
    boss = company.human(human.manager_id)
    return {
        "@odata.type": "#microsoft.graph.user",
        "id": own_id("user", boss.number),
        "displayName": boss.name,
        "mail": boss.email,
        "jobTitle": boss.title,
    }


def _licenses(human: Human, use: Use) -> list[str]:
    if human.employment != "employee" or use.status == "disabled":
        return []
    extra = ["POWER_BI_PRO"] if human.department in ("Data", "Finance") else []
    extra += ["Microsoft_365_Copilot"] if human.number % 7 == 0 else []
    return ["SPE_E3", "FLOW_FREE", *extra]


def sku(part: str, consumed: int) -> Row:
    number, bought = SKUS[part]
    return {
        "id": f"{TENANT}_{number}",
        "skuId": number,
        "skuPartNumber": part,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": consumed,
        "prepaidUnits": {"enabled": bought, "suspended": 0, "warning": 0, "lockedOut": 0},
    }


def group(key: str, name: str) -> Row:
    kinds = {"everyone": ["DynamicMembership"], "engineering": ["Unified"]}.get(key, [])
    teams = ["Team"] if key == "engineering" else []
    return {
        "id": own_id("group", key),
        "displayName": name,
        "groupTypes": kinds,
        "resourceProvisioningOptions": teams,
        "securityEnabled": not teams,
        "mailEnabled": bool(teams),
    }


def role_assignment(principal: str, role: str) -> Row:
    return {
        "id": f"{own_id('held', principal + role)[:22]}-1",
        "principalId": principal,
        "directoryScopeId": "/",
        "roleDefinitionId": own_id("role", role),
    }


def _principal(key: str, name: str, owner: str, **more: Any) -> Row:
    return {
        "id": own_id("principal", key),
        "appId": more.pop("appId", own_id("app", key)),
        "displayName": name,
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "appOwnerOrganizationId": owner,
        "verifiedPublisher": {"displayName": None, "verifiedPublisherId": None},
        "appRoles": [],
        **more,
    }


def _app_role(name: str) -> Row:
    return {"id": own_id("permission", name), "value": name, "displayName": name}


def sso_principal(app: SsoApp) -> Row:
    """An app of the gallery that signs on by SAML is registered in the tenant itself."""
    return _principal(app.key, app.label, TENANT, appId=sso_app_id(app), accountEnabled=app.active)


def sso_app_id(app: SsoApp) -> str:
    return own_id("app", app.key)


_VENDOR = own_id("tenant", "vendor")
PRINCIPALS = [
    _principal(
        "graph",
        "Microsoft Graph",
        _MICROSOFT,
        appId=GRAPH,
        appRoles=[_app_role(name) for name in ("Mail.Read", "Sites.Read.All", "User.Read.All")],
    ),
    _principal(
        "exchange",
        "Office 365 Exchange Online",
        _MICROSOFT,
        appRoles=[_app_role("full_access_as_app")],
    ),
    _principal("explorer", "Graph Explorer", _MICROSOFT),
    _principal(
        "calendar",
        "Calendar Buddy",
        _VENDOR,
        verifiedPublisher={"displayName": "Buddy Software", "verifiedPublisherId": "1234567"},
    ),
    _principal("merge", "Mail Merge", _VENDOR),
    _principal("backup", "Backup Robot", _VENDOR),
    _principal("sidekick", "Inbox Sidekick", _VENDOR),
    _principal("steward", "Steward", TENANT, appId=CLIENT),
    _principal("vault", "vault-identity", TENANT, servicePrincipalType="ManagedIdentity"),
]


def assignment(principal: str, kind: str, resource: str, role: str) -> Row:
    return {
        "id": own_id("assigned", principal + resource + role),
        "appRoleId": role,
        "createdDateTime": _day(date(2025, 2, 3)),
        "principalId": principal,
        "principalType": kind,
        "principalDisplayName": None,
        "resourceId": resource,
        "resourceDisplayName": None,
    }


def _permitted(client: str, resource: str, name: str) -> Row:
    ids = (own_id("principal", client), own_id("principal", resource))
    return assignment(ids[0], "ServicePrincipal", ids[1], own_id("permission", name))


APP_ROLES = [
    _permitted("backup", "graph", "Mail.Read"),
    _permitted("backup", "graph", "Sites.Read.All"),
    _permitted("backup", "exchange", "full_access_as_app"),
    _permitted("sidekick", "graph", "Mail.Read"),
    _permitted("exchange", "graph", "User.Read.All"),
    _permitted("steward", "graph", "User.Read.All"),
]


def lately(row: Row, today: date) -> Row:
    """One app was let in the other day, so that there is something to look into."""
    if row["principalId"] != own_id("principal", "sidekick"):
        return row
    return row | {"createdDateTime": _day(today - timedelta(days=2))}


def consent(client: str, user: str | None, scope: str, resource: str = "graph") -> Row:
    return {
        "id": own_id("consent", f"{client}{user}{resource}"),
        "clientId": own_id("principal", client),
        "consentType": "Principal" if user else "AllPrincipals",
        "principalId": user,
        "resourceId": own_id("principal", resource),
        "scope": f" {scope}",
    }


def sign_in(sign: SignOn, failed: bool) -> Row:
    return {
        "id": own_id("sign-in", f"{sign.human.number}{sign.at}{sign.app.key}"),
        "createdDateTime": stamp(sign.at),
        "userId": own_id("user", sign.human.number),
        "userPrincipalName": sign.human.email,
        "userDisplayName": sign.human.name,
        "appId": sso_app_id(sign.app),
        "appDisplayName": sign.app.label,
        "isInteractive": True,
        "status": {"errorCode": 50126 if failed else 0},
    }


_COLUMNS = (
    "Report Refresh Date,User Principal Name,Display Name,Is Deleted,Has Exchange License,"
    "Has Teams License,Exchange Last Activity Date,OneDrive Last Activity Date,"
    "SharePoint Last Activity Date,Teams Last Activity Date,Assigned Products"
)


def report(today: date, used: Iterable[tuple[str, date | None]], concealed: bool) -> bytes:
    """With the mark of byte order and the line ends that the real one has. Concealed, each name
    is a hash."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS.split(","))
    for name, day in used:
        shown = hashlib.md5(name.encode()).hexdigest().upper() if concealed else name  # noqa: S324
        last = day.isoformat() if day else ""
        mail = date.fromordinal(day.toordinal() - 1).isoformat() if day else ""
        row = (today.isoformat(), shown, shown, "False", "True", "True", mail, "", "", last, "")
        writer.writerow(row)
    return text.getvalue().encode("utf-8-sig")
