"""When two spellings are one mailbox."""

from __future__ import annotations

import unicodedata

from steward.inventory.account import Account


def email_key(address: str) -> str:
    """The address in the form in which spellings of one mailbox are equal: case and Unicode form
    (RFC 6532, 3.1) folded, a plus-tag (RFC 5233 subaddress) dropped. "" for what is no address."""
    if not address.isascii():
        address = unicodedata.normalize("NFKC", address)
    folded = address.strip().casefold().replace("\x00", "")
    local, at, domain = folded.rpartition("@")
    if not at or not local or not domain or len(folded.split()) != 1:
        return ""
    plain = local.split("+", 1)[0] or local
    return f"{plain}@{domain}"[:254]


def keys_of(account: Account) -> list[str]:
    """Further addresses count only where the app vouches for them."""
    addresses = [account.email]
    if account.attributes.get("verified", True):
        addresses += account.attributes.get("emails", [])
    keys = [email_key(address) for address in addresses]
    return list(dict.fromkeys(key for key in keys if key))


# Whoever reads such a mailbox changes; a person is not called that.
_TASKS = (
    "accounting accounts admin administrator billing careers contact finance hello help helpdesk "
    "hr info invoices it jobs mail marketing no-reply noreply office postmaster reception root "
    "sales security service services shared support team webmaster"
)
_ROLES = frozenset(_TASKS.split())


def is_role(key: str) -> bool:
    """Whether an address (as `email_key` gives it) names a task and not a human."""
    return key.partition("@")[0] in _ROLES
