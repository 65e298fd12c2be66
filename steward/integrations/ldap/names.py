"""Distinguished names: compared, and read for what a person would call them."""

from __future__ import annotations

import re

from ldap3.core.exceptions import LDAPInvalidDnError
from ldap3.utils.dn import parse_dn

_AROUND = re.compile(r"\s*([,=+])\s*")


def key_of(dn: str) -> str:
    """Equal for two spellings of one name (RFC 4514 lets them differ in case, spaces and
    escapes). The plain form is made without a parser, since directories hold many names."""
    if "\\" not in dn and '"' not in dn:
        return _AROUND.sub(r"\1", dn.strip()).casefold()
    try:
        return ",".join(f"{a}={_plain(v)}" for a, v, _ in parse_dn(dn, strip=True)).casefold()
    except LDAPInvalidDnError:
        return dn.casefold()


def _plain(value: str) -> str:
    """`\\,` and `\\2C` are the same comma."""
    octets = re.sub(
        rb"\\([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), value.encode()
    ).decode("utf-8", "replace")
    return re.sub(r"\\(.)", r"\1", octets)


def first_value(dn: str) -> str:
    """`cn=Ann Lee,ou=people,…` → `Ann Lee`."""
    try:
        return _plain(parse_dn(dn, strip=True)[0][1])
    except (LDAPInvalidDnError, IndexError):
        return ""


def domain(dn: str) -> str:
    """`dc=ad,dc=example,dc=com` → `ad.example.com`; empty when the name has no domain parts."""
    parts = re.findall(r"(?:^|,)\s*dc\s*=\s*([^,]+)", dn, re.IGNORECASE)
    return ".".join(part.strip() for part in parts)


def is_under(dn_key: str, branches: tuple[str, ...]) -> bool:
    return any(dn_key == branch or dn_key.endswith("," + branch) for branch in branches)
