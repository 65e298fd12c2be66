"""Naming a person in a form, a file or a call: by number, address or name."""

from __future__ import annotations

from typing import Any

from steward.inventory.matching import email_key
from steward.inventory.person import Person, PersonEmail

LARGEST = 2**63 - 1


class Unknown(Exception):
    """Nobody, or not one alone, is called that; the text says what to do."""


def person_of(given: Any) -> Person | None:
    """None for nothing (None, ""). A number may be written #12."""
    if given is None or given == "":
        return None
    text = str(given).strip().replace("\x00", "")
    if isinstance(given, Person):
        found: Person | None = given
    elif text.removeprefix("#").isdecimal() and text.isascii():
        found = Person.objects.filter(pk=min(int(text.removeprefix("#")[:20]), LARGEST)).first()
    else:
        found = _by_address(text) if "@" in text else _by_name(text)
    if found is None:
        raise Unknown(f"Nobody here is known as “{text[:200]}”. Give an e-mail address.")
    return found.now()


def _by_address(text: str) -> Person | None:
    row = PersonEmail.objects.filter(key=email_key(text)).select_related("person").first()
    return row.person if row else None


def _by_name(text: str) -> Person | None:
    found = list(Person.objects.filter(name=text, merged_into=None)[:2])
    if len(found) > 1:
        raise Unknown(f"Several people are called {text[:200]}. Give the e-mail address.")
    return found[0] if found else None
