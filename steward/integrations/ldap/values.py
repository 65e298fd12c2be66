"""Attribute values as directories store them, read so that one bad value costs nobody a row."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
# Both mean "never" in Active Directory.
_FILETIME_NEVER = (0, 0x7FFFFFFFFFFFFFFF)
# RFC 4517, 3.3.13: minutes, seconds and a fraction of the last unit given may be left out.
_GENERALIZED = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d\d(?:\d\d)?)"
)


@dataclass(frozen=True)
class Entry:
    """`values` holds raw values by attribute name in lower case, options included."""

    dn: str
    values: Mapping[str, list[bytes]]

    def texts(self, *names: str) -> tuple[str, ...]:
        found = (text_of(v) for name in names for v in self.values.get(name.lower(), ()))
        return tuple(text for text in found if text)

    def text(self, *names: str) -> str:
        """The first value that is not blank, in the order of the names."""
        return next(iter(self.texts(*names)), "")

    def raw(self, name: str) -> bytes:
        return next(iter(self.values.get(name.lower(), ())), b"")

    def number(self, name: str) -> int | None:
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def time(self, name: str) -> datetime | None:
        return generalized_time(self.text(name))

    def filetime(self, name: str) -> datetime | None:
        return filetime(self.number(name))

    def true(self, name: str) -> bool:
        return self.text(name).upper() == "TRUE"


def text_of(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\x00", "").strip()


def guid(raw: bytes) -> str:
    """objectGUID as Microsoft's tools print it: the first three parts are little-endian."""
    return str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else ""


def filetime(ticks: int | None) -> datetime | None:
    """Steps of 100 ns since 1601 (MS-DTYP 2.3.3)."""
    if ticks is None or ticks in _FILETIME_NEVER:
        return None
    try:
        return _FILETIME_START + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def generalized_time(text: str) -> datetime | None:
    match = _GENERALIZED.fullmatch(text)
    if not match:
        return None
    *parts, zone = match.groups()
    try:
        moment = datetime(*(int(part or 0) for part in parts), tzinfo=_zone(zone))  # type: ignore[misc,arg-type]
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def relative_id(sid: bytes) -> int | None:
    """The last part of a security identifier (MS-DTYP 2.4.2), by which `primaryGroupID` names
    a group of the same domain."""
    return int.from_bytes(sid[-4:], "little") if len(sid) >= 12 else None
