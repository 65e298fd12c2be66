"""Headings and words as they are compared: however they are spelled, they mean one thing."""

from __future__ import annotations

import unicodedata


def plain(heading: str) -> str:
    """Letters and digits alone, without accents and capitals: “E-Mail Address” → emailaddress."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", heading).casefold())
    kept = "".join(c for c in folded if c.isalnum() and not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept) or heading.strip().casefold()


def words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split())
