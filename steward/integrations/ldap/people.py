"""An entry of a directory as an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from steward.integrations.ldap.names import first_value, is_under, key_of
from steward.integrations.ldap.values import Entry, guid
from steward.sdk.records import Account, AccountKind

_ACCOUNT_DISABLED = 0x2
_SIGN_IN_TIMES = ("authTimestamp", "pwdLastSuccess", "lastLoginTime", "krbLastSuccessfulAuth")
_SERVICE_CLASSES = {
    "msds-groupmanagedserviceaccount",
    "msds-managedserviceaccount",
    "simplesecurityobject",
    "applicationprocess",
}
_SERVICE_TYPES = {"service", "service account", "system", "bot", "robot"}
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def id_of(entry: Entry) -> str:
    """The directory's own id, which stays when an entry is renamed or moved."""
    own = guid(entry.raw("objectGUID")) or entry.text("entryUUID", "nsUniqueId", "ipaUniqueID")
    return own or key_of(entry.dn)


def account(entry: Entry, now: datetime, service_branches: tuple[str, ...] = ()) -> Account:
    addresses = _addresses(entry)
    blocked = _blocked(entry, now)
    return Account(
        id=id_of(entry),
        email=addresses[0] if addresses else None,
        emails=addresses[1:],
        username=entry.text("sAMAccountName", "uid", "userPrincipalName", "cn"),
        name=entry.text("displayName", "cn") or " ".join(entry.texts("givenName", "sn")),
        status="disabled" if blocked else "active",
        kind=_kind(entry, service_branches),
        created_at=entry.time("whenCreated") or entry.time("createTimestamp"),
        last_active_at=_last_sign_in(entry),
        attributes={k: v for k, v in _described(entry, blocked).items() if v},
    )


def _addresses(entry: Entry) -> tuple[str, ...]:
    """The mail address first, then every other by which mail or sign-in reaches the same human.
    In `proxyAddresses` the primary one is marked by “SMTP:” in capitals."""
    proxies = sorted(p for p in entry.texts("proxyAddresses") if p[:5].upper() == "SMTP:")
    found = [
        *entry.texts("mail"),
        *(proxy[5:] for proxy in proxies),
        *entry.texts("mailAlternateAddress", "mailLocalAddress", "userPrincipalName"),
    ]
    once: dict[str, str] = {}
    for address in found:
        if _ADDRESS.fullmatch(address):
            once.setdefault(address.casefold(), address)
    return tuple(once.values())


def _blocked(entry: Entry, now: datetime) -> str:
    """Why the account cannot sign in; empty when it can."""
    if (entry.number("userAccountControl") or 0) & _ACCOUNT_DISABLED:
        return "disabled"
    if entry.true("nsAccountLock") or entry.true("loginDisabled"):
        return "disabled"
    ends = entry.filetime("accountExpires") or entry.time("pwdEndTime") or _shadow_end(entry)
    if ends and ends <= now:
        return "expired"
    return "locked" if entry.text("pwdAccountLockedTime") else ""


def _shadow_end(entry: Entry) -> datetime | None:
    """shadowExpire counts days since 1970; 0, -1 or nothing mean that the account never ends."""
    days = entry.number("shadowExpire") or 0
    return _EPOCH + timedelta(days=days) if 0 < days < 2_900_000 else None


def _kind(entry: Entry, service_branches: tuple[str, ...]) -> AccountKind:
    classes = {name.lower() for name in entry.texts("objectClass")}
    service = (
        bool(classes & _SERVICE_CLASSES)
        or bool(entry.texts("servicePrincipalName"))
        or entry.text("employeeType").lower() in _SERVICE_TYPES
        or is_under(key_of(entry.dn), service_branches)
    )
    return "service" if service else "person"


def _last_sign_in(entry: Entry) -> datetime | None:
    """lastLogon is exact, but each domain controller knows only its own; lastLogonTimestamp is
    shared among them and up to 14 days behind. The later of all is the best there is."""
    times = [entry.time(name) for name in _SIGN_IN_TIMES]
    times += [entry.filetime("lastLogonTimestamp"), entry.filetime("lastLogon")]
    return max((moment for moment in times if moment), default=None)


def _location(entry: Entry) -> str:
    """Town and country (RFC 4519; `co` is Active Directory's name of the country), else the
    office."""
    parts = (entry.text("l"), entry.text("co", "c"))
    return ", ".join(part for part in parts if part) or entry.text("physicalDeliveryOfficeName")


def _described(entry: Entry, blocked: str) -> dict[str, str]:
    return {
        "app_status": blocked,
        "department": entry.text("department", "departmentNumber"),
        "title": entry.text("title"),
        "manager": first_value(entry.text("manager")),
        "employee_number": entry.text("employeeNumber", "employeeID"),
        "employment_type": entry.text("employeeType"),
        "location": _location(entry),
        "company": entry.text("company", "o"),
    }
