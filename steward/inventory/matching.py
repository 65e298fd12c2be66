"""When two spellings are one mailbox."""

from __future__ import annotations

import unicodedata


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
