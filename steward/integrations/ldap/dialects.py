"""What is asked of a directory, by its kind, and how to tell the kind from its root entry."""

from __future__ import annotations

from dataclasses import dataclass

from steward.integrations.ldap.values import Entry

ROOT = (
    "namingContexts",
    "defaultNamingContext",
    "supportedCapabilities",
    "vendorName",
    "structuralObjectClass",
)
# Active Directory and its lightweight variant, in supportedCapabilities (MS-ADTS 3.1.1.3.4.3).
_ACTIVE_DIRECTORY = {"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1851"}

_EVERYWHERE = (
    "objectClass",
    "cn",
    "displayName",
    "mail",
    "department",
    "departmentNumber",
    "title",
    "manager",
    "employeeNumber",
    "employeeType",
    "company",
    "o",
    "l",
    "co",
    "c",
    "physicalDeliveryOfficeName",
    "memberOf",
)


@dataclass(frozen=True)
class Dialect:
    people: str
    groups: str
    attributes: tuple[str, ...]
    # The attribute that names members by login instead of by distinguished name.
    member_attributes: tuple[str, ...]
    ranged: bool


ACTIVE_DIRECTORY = Dialect(
    people="(|(&(objectCategory=person)(objectClass=user))"
    "(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-ManagedServiceAccount))",
    groups="(objectClass=group)",
    attributes=(
        *_EVERYWHERE,
        "objectGUID",
        "sAMAccountName",
        "userPrincipalName",
        "proxyAddresses",
        "userAccountControl",
        "accountExpires",
        "lockoutTime",
        "lastLogonTimestamp",
        "lastLogon",
        "whenCreated",
        "servicePrincipalName",
        "employeeID",
        "primaryGroupID",
        "adminCount",
    ),
    member_attributes=("member",),
    ranged=True,
)

STANDARD = Dialect(
    people="(|(objectClass=person)(objectClass=posixAccount)(objectClass=simpleSecurityObject))",
    groups="(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)"
    "(objectClass=groupOfMembers))",
    attributes=(
        *_EVERYWHERE,
        "entryUUID",
        "nsUniqueId",
        "ipaUniqueID",
        "uid",
        "givenName",
        "sn",
        "mailAlternateAddress",
        "mailLocalAddress",
        "createTimestamp",
        "authTimestamp",
        "pwdLastSuccess",
        "lastLoginTime",
        "krbLastSuccessfulAuth",
        "pwdAccountLockedTime",
        "pwdEndTime",
        "shadowExpire",
        "nsAccountLock",
        "loginDisabled",
    ),
    member_attributes=("member", "uniqueMember", "memberUid"),
    ranged=False,
)


def dialect_of(root: Entry) -> Dialect:
    known = set(root.texts("supportedCapabilities"))
    return ACTIVE_DIRECTORY if known & _ACTIVE_DIRECTORY else STANDARD


def product_of(root: Entry, dialect: Dialect) -> str:
    if dialect is ACTIVE_DIRECTORY:
        return "Active Directory"
    if root.text("structuralObjectClass") == "OpenLDAProotDSE":
        return "OpenLDAP"
    return root.text("vendorName") or "LDAP"
