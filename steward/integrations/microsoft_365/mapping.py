"""Graph's objects as records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from steward.integrations.microsoft_365.products import FREE, name_of
from steward.sdk.records import Account, AccountKind, Group, License, Seat
from steward.sdk.times import moment_of

Object = Mapping[str, Any]

# What is asked of a user; none of it is returned unasked but the first few.
USER = (
    "id,displayName,mail,userPrincipalName,accountEnabled,userType,createdDateTime,proxyAddresses,"
    "otherMails,department,jobTitle,companyName,employeeType,employeeId,employeeHireDate,"
    "officeLocation,country,assignedLicenses"
)
MANAGER = "manager($select=id,displayName)"
# Under this name what another answer says stands among what Graph sent of a user.
SECOND_FACTOR = "steward:second_factor"

# Applications that Microsoft itself owns are registered in these tenants of its own.
_MICROSOFT = {"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}
_ADDRESS = re.compile(r"[^@\s#]+@[^@\s]+")
_SERVICE_TYPES = re.compile(r"\b(service|system|bot|robot|machine)\b", re.IGNORECASE)


def account(user: Object) -> Account:
    """A guest's user name is made of their address, with #EXT# in it, and is none itself."""
    email = user.get("mail") or _address(user.get("userPrincipalName"))
    enabled = user.get("accountEnabled")
    return Account(
        id=str(user["id"]),
        email=email,
        username=str(user.get("userPrincipalName") or ""),
        name=str(user.get("displayName") or ""),
        status="disabled" if enabled is False else "active",
        kind=_kind(user),
        holds_seat=_holds_seat(user),
        created_at=moment_of(user.get("createdDateTime")),
        emails=_further_addresses(user, email),
        attributes={k: v for k, v in _described(user).items() if v} | _mfa(user),
    )


def _mfa(user: Object) -> dict[str, bool]:
    return {"mfa": user[SECOND_FACTOR]} if SECOND_FACTOR in user else {}


def _kind(user: Object) -> AccountKind:
    if user.get("userType") == "Guest":
        return "guest"
    return "service" if _SERVICE_TYPES.search(str(user.get("employeeType") or "")) else "person"


def _holds_seat(user: Object) -> bool | None:
    given = user.get("assignedLicenses")
    return None if given is None else any(_sku(one) not in FREE for one in given)


def _sku(item: Object) -> str:
    return str(item["skuId"]).lower()


def _address(name: Any) -> str | None:
    return str(name) if _ADDRESS.fullmatch(str(name or "")) else None


def _further_addresses(user: Object, email: str | None) -> tuple[str, ...]:
    """Aliases begin with smtp:, the primary one in capitals; others (X500:, SIP:) are no mail."""
    aliases = [str(a) for a in user.get("proxyAddresses") or ()]
    found = [a[5:] for a in aliases if a[:5].lower() == "smtp:"]
    found = [str(user.get("userPrincipalName") or ""), *found, *(user.get("otherMails") or ())]
    addresses = [a for a in found if _address(a)]
    own = (email or "").casefold()
    kept = {a.casefold(): a for a in reversed(addresses) if a.casefold() != own}
    return tuple(reversed(kept.values()))


def _described(user: Object) -> dict[str, Any]:
    manager = user.get("manager") or {}
    return {
        "app_status": "blocked" if user.get("accountEnabled") is False else "",
        "department": user.get("department"),
        "title": user.get("jobTitle"),
        "manager": manager.get("displayName"),
        "manager_id": manager.get("id"),
        "employment_type": user.get("employeeType"),
        "employee_number": user.get("employeeId"),
        "company": user.get("companyName"),
        "location": user.get("officeLocation"),
        "country": user.get("country"),
        "start_date": _day(user.get("employeeHireDate")),
        "end_date": _day(user.get("employeeLeaveDateTime")),
    }


def _day(value: Any) -> str | None:
    moment = moment_of(value)
    return moment.date().isoformat() if moment else None


def group(item: Object) -> Group:
    """A group with a team in Teams is one; a dynamic group has its members by a rule."""
    is_team = "Team" in (item.get("resourceProvisioningOptions") or ())
    dynamic = "DynamicMembership" in (item.get("groupTypes") or ())
    name = str(item.get("displayName") or item["id"])
    return Group(
        id=str(item["id"]),
        name=f"{name} (dynamic)" if dynamic else name,
        kind="team" if is_team else "group",
    )


def license_of(sku: Object) -> License:
    """`prepaidUnits.enabled` are those paid for and usable now."""
    units = (sku.get("prepaidUnits") or {}).get("enabled")
    return License(id=_sku(sku), name=name_of(str(sku["skuPartNumber"])), purchased=units)


def is_sold_by_seat(sku: Object) -> bool:
    return sku.get("appliesTo") != "Company" and _sku(sku) not in FREE


def seats(user: Object, sold: frozenset[str]) -> list[Seat]:
    given = [_sku(one) for one in user.get("assignedLicenses") or ()]
    return [Seat(license=sku, account=str(user["id"])) for sku in given if sku in sold]


def is_microsofts(principal: Object) -> bool:
    return str(principal.get("appOwnerOrganizationId") or "").lower() in _MICROSOFT


def app_id(principal: Object) -> str:
    """The application's id, by which the log of sign-ins names it; an old kind has none."""
    return str(principal.get("appId") or principal["id"])
