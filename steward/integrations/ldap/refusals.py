"""LDAP result codes (RFC 4511, 4.1.9; Active Directory's sub-codes) as the four errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected

# What Active Directory adds to code 49 as "data XXX": the Win32 error in hexadecimal.
_SIGN_IN_REFUSED = {
    "525": "it knows no such account",
    "52e": "the password is wrong",
    "530": "the account may not sign in at this hour",
    "531": "the account may not sign in from this machine",
    "532": "the account's password has expired",
    "533": "the account is disabled",
    "568": "the account is in too many groups",
    "701": "the account has expired",
    "773": "the account's password must be changed first",
    "775": "the account is locked",
}

_ENCRYPT = (
    "The directory accepts this only over an encrypted connection; use an ldaps:// address, "
    "or ldap:// with StartTLS."
)
_TOO_MANY = (
    "The directory stopped in the middle of the list because it limits how many entries this "
    "account may read. Raise that limit (OpenLDAP: “limits” with size.prtotal=unlimited)."
)
_REFUSALS: dict[int, tuple[type[ConnectorError], str]] = {
    1: (Unavailable, "The directory had an error of its own."),
    3: (Unavailable, "The directory ran out of the time it allows for a search."),
    4: (Unavailable, _TOO_MANY),
    8: (Unexpected, _ENCRYPT),
    11: (Unavailable, _TOO_MANY),
    13: (Unexpected, _ENCRYPT),
    32: (Unexpected, "The directory has no entry of that name, or this account may not see it."),
    34: (Unexpected, "The directory says that this is not a distinguished name."),
    48: (Unauthorized, "The directory does not let this account sign in with a password."),
    50: (Forbidden, "The account that Steward signs in with may not read this."),
    51: (Unavailable, "The directory is busy."),
    52: (Unavailable, "The directory is not available."),
    53: (Unexpected, "The directory is not willing to do this; its log says why."),
}


def refusal(result: Mapping[str, Any]) -> ConnectorError:
    code = int(result.get("result", 80))
    if code == 49:
        return _sign_in_refused(str(result.get("message", "")))
    if code in _REFUSALS:
        error, sentence = _REFUSALS[code]
        return error(sentence)
    word = result.get("description") or "unknown"
    return Unexpected(f"The directory answered with result code {code} ({word}).")


def _sign_in_refused(message: str) -> ConnectorError:
    found = re.search(r"\bdata ([0-9a-f]{3,8})\b", message, re.IGNORECASE)
    why = _SIGN_IN_REFUSED.get(found[1].lower()) if found else None
    if why:
        return Unauthorized(f"The directory refused to sign Steward in: {why}.")
    return Unauthorized(
        "The directory refused the name or the password that Steward signs in with."
    )
