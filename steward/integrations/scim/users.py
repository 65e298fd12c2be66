"""A SCIM user (RFC 7643, 4.1 and 4.3) as an account. Apps bend the schema, so every value is
taken as it comes and one that makes no sense is left out; only an id is required."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from steward.sdk.paths import at
from steward.sdk.records import Account, AccountKind
from steward.sdk.times import moment_of

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_PLAIN = (("title", "title"), ("userType", "employment_type"))
_EXTENSION = (
    ("department", "department"),
    ("division", "division"),
    ("costCenter", "cost_centre"),
    ("employeeNumber", "employee_number"),
)
_NOTHING: Mapping[str, Any] = {}
_SERVICE = re.compile(r"\b(service|bot|robot|system|application|machine|api)\b", re.IGNORECASE)
_GUEST = re.compile(r"\b(guest|external|visitor)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reader:
    """`seats` is "unknown", "active" or "listed"; in the last case an account holds a seat when
    one of `seat_names` is among its entitlements, roles or its type. `last_active` is the name of
    an attribute, after the URN of its extension where it has one."""

    seats: str = "unknown"
    seat_names: frozenset[str] = frozenset()
    last_active: str = ""

    def account(self, user: Mapping[str, Any]) -> Account:
        addresses = _addresses(user)
        active = _active(user)
        entitlements = names(user.get("entitlements"))
        user_type = _text(user.get("userType"))
        return Account(
            id=identity(user),
            email=addresses[0] if addresses else None,
            emails=addresses[1:],
            username=_text(user.get("userName")),
            name=_text(user.get("displayName")) or name_of(user.get("name")),
            status="active" if active else "disabled",
            kind=kind_of(user_type),
            role=role_of(user.get("roles")),
            holds_seat=self.seat(active, user.get("entitlements"), user.get("roles"), user_type),
            created_at=time_of(_within(user.get("meta")).get("created")),
            last_active_at=self._last_active(user),
            attributes=_described(user, entitlements),
        )

    def seat(self, active: bool, entitlements: Any, roles: Any, user_type: str) -> bool | None:
        if self.seats == "active":
            return active
        if self.seats != "listed":
            return None
        held = (*_values(entitlements), *_values(roles), user_type)
        return bool({name.casefold() for name in held} & self.seat_names)

    def _last_active(self, user: Mapping[str, Any]) -> datetime | None:
        return time_of(attribute(user, self.last_active)) if self.last_active else None


def identity(resource: Mapping[str, Any]) -> str:
    """KeyError where there is none: such a record cannot be told from others."""
    value = resource["id"]
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("its id is not text")
    return str(value)


def attribute(user: Mapping[str, Any], name: str) -> Any:
    """`lastLogin`, `meta.lastLogin`, or in an extension: `urn:example:2.0:User:lastLogin`."""
    if name.lower().startswith("urn:"):
        schema, _, name = name.rpartition(":")
        return at(user.get(schema), name)
    return at(user, name)


def _active(user: Mapping[str, Any]) -> bool:
    """Left out, it means that the app knows no inactive accounts. Some send text."""
    value = user.get("active")
    if value is None or value is True:
        return True
    return str(value).lower() not in ("false", "0", "no")


def _addresses(user: Mapping[str, Any]) -> tuple[str, ...]:
    """The primary address first, then those for work. A user name that is an address is one."""
    listed = _complex(user.get("emails"))
    if len(listed) > 1:
        listed.sort(key=_rank)
    return once([*(_text(entry.get("value")) for entry in listed), _text(user.get("userName"))])


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that are addresses, each in its first spelling."""
    found = [text for text in dict.fromkeys(texts) if _ADDRESS.fullmatch(text)]
    if len(found) < 2:
        return tuple(found)
    spelled: dict[str, str] = {}
    for address in found:
        spelled.setdefault(address.casefold(), address)
    return tuple(spelled.values())


def _rank(entry: Mapping[str, Any]) -> tuple[bool, bool]:
    return rank(entry.get("primary"), entry.get("type"))


def rank(primary: Any, kind: Any) -> tuple[bool, bool]:
    return str(primary).lower() != "true", _text(kind).lower() != "work"


def name_of(name: Any) -> str:
    parts = _within(name)
    if written := _text(parts.get("formatted")):
        return written
    joined = (_text(parts.get(part)) for part in ("givenName", "middleName", "familyName"))
    return " ".join(part for part in joined if part) or _text(name)


@lru_cache(maxsize=1024)
def kind_of(user_type: str) -> AccountKind:
    if _SERVICE.search(user_type):
        return "service"
    return "guest" if _GUEST.search(user_type) else "person"


def _described(user: Mapping[str, Any], entitlements: tuple[str, ...]) -> dict[str, Any]:
    """What is left out is empty, and has no entry."""
    said: dict[str, Any] = {**_texts(user, _PLAIN)}
    if location := location_of(user.get("addresses")):
        said["location"] = location
    if extension := _within(user.get(ENTERPRISE)):
        said |= _texts(extension, _EXTENSION)
        said |= _manager(extension.get("manager"))
    if entitlements:
        said["entitlements"] = list(entitlements)
    return said


def _texts(given: Mapping[str, Any], names: Iterable[tuple[str, str]]) -> dict[str, str]:
    found = {}
    for field, name in names:
        if text := _text(given.get(field)):
            found[name] = text
    return found


def _within(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def location_of(addresses: Any) -> str:
    """Where they work: the primary address, else the one for work (RFC 7643, 4.1.2)."""
    if not addresses:
        return ""
    towns = [entry for entry in _complex(addresses) if _town(entry)]
    return _town(min(towns, key=_rank)) if towns else ""


def _town(address: Mapping[str, Any]) -> str:
    parts = (_text(address.get(part)) for part in ("locality", "country"))
    return ", ".join(part for part in parts if part)


def _manager(value: Any) -> dict[str, str]:
    """By name where the app gives one, else by id; some give a text instead of both."""
    number = _text(_within(value).get("value"))
    name = _text(_within(value).get("displayName")) or number or _text(value)
    said = {"manager": name} if name else {}
    return said | {"manager_id": number} if number else said


def _complex(value: Any) -> list[Mapping[str, Any]]:
    """A multi-valued attribute, also where the app sends bare texts or a single one."""
    entries = value if isinstance(value, list) else [value]
    return [
        entry if isinstance(entry, dict) else {"value": entry}
        for entry in entries
        if isinstance(entry, (dict, str))
    ]


def role_of(roles: Any) -> str:
    return ", ".join(names(roles))[:200]


def names(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    found = (_text(e.get("display")) or _text(e.get("value")) for e in _complex(value))
    return tuple(name for name in found if name)


def _values(value: Any) -> Iterator[str]:
    for entry in _complex(value):
        yield from (_text(entry.get("value")), _text(entry.get("display")))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def time_of(value: Any) -> datetime | None:
    try:
        return moment_of(value)
    except (ValueError, TypeError):
        return None
