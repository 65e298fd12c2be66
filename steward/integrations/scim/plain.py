"""A user written as RFC 7643 has it, which most are: decoded with its types, it is read in two
thirds of the time. One that is not is taken as it comes (see `users`), to the same account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from steward.integrations.scim import users
from steward.integrations.scim.users import ENTERPRISE, Reader
from steward.sdk.records import Account


class _Shape(msgspec.Struct, rename="camel", gc=False):
    pass


class _Email(_Shape):
    value: str | None = None
    primary: Any = None
    type: Any = None


class _Manager(_Shape):
    value: str | None = None
    display_name: str | None = None


class _Enterprise(_Shape):
    department: str | None = None
    division: str | None = None
    cost_center: str | None = None
    employee_number: str | None = None
    manager: _Manager | None = None


class _Meta(_Shape):
    created: Any = None


class Plain(_Shape):
    id: Annotated[str, msgspec.Meta(min_length=1)]
    user_name: str | None = None
    display_name: str | None = None
    name: msgspec.Raw = msgspec.Raw(b"null")
    active: bool | None = None
    title: str | None = None
    user_type: str | None = None
    emails: list[_Email] | None = None
    addresses: Any = None
    entitlements: Any = None
    roles: Any = None
    work: _Enterprise | None = msgspec.field(default=None, name=ENTERPRISE)
    meta: _Meta | None = None


_decoder = msgspec.json.Decoder(Plain)


def decode(item: msgspec.Raw) -> Plain | Mapping[str, Any]:
    try:
        return _decoder.decode(item)
    except msgspec.ValidationError:
        found: Mapping[str, Any] = msgspec.json.decode(item)
        return found


def account(reader: Reader, user: Plain | Mapping[str, Any]) -> Account:
    if not isinstance(user, Plain):
        return reader.account(user)
    addresses = _addresses(user)
    active = user.active is not False
    kind = _bare(user.user_type)
    entitlements = users.names(user.entitlements)
    return Account(
        id=user.id,
        email=addresses[0] if addresses else None,
        emails=addresses[1:],
        username=_bare(user.user_name),
        name=_bare(user.display_name) or users.name_of(msgspec.json.decode(user.name)),
        status="active" if active else "disabled",
        kind=users.kind_of(kind),
        role=users.role_of(user.roles),
        holds_seat=reader.seat(active, user.entitlements, user.roles, kind),
        created_at=users.time_of(user.meta.created) if user.meta else None,
        attributes=_described(user, entitlements),
    )


def _addresses(user: Plain) -> tuple[str, ...]:
    listed = user.emails or []
    if len(listed) > 1:
        listed = sorted(listed, key=_rank)
    texts = [_bare(entry.value) for entry in listed]
    return users.once([*texts, _bare(user.user_name)])


def _rank(entry: _Email) -> tuple[bool, bool]:
    return users.rank(entry.primary, entry.type)


def _described(user: Plain, entitlements: tuple[str, ...]) -> dict[str, Any]:
    """Each is looked at by itself: a loop over all of them takes twice as long."""
    said: dict[str, Any] = {}
    if user.title and (title := user.title.strip()):
        said["title"] = title
    if user.user_type and (employment := user.user_type.strip()):
        said["employment_type"] = employment
    if user.addresses and (location := users.location_of(user.addresses)):
        said["location"] = location
    if user.work:
        _add_work(user.work, said)
    if entitlements:
        said["entitlements"] = list(entitlements)
    return said


def _add_work(work: _Enterprise, said: dict[str, Any]) -> None:
    if work.department and (department := work.department.strip()):
        said["department"] = department
    if work.division and (division := work.division.strip()):
        said["division"] = division
    if work.cost_center and (cost_centre := work.cost_center.strip()):
        said["cost_centre"] = cost_centre
    if work.employee_number and (number := work.employee_number.strip()):
        said["employee_number"] = number
    if work.manager:
        _add_manager(work.manager, said)


def _add_manager(manager: _Manager, said: dict[str, Any]) -> None:
    number = _bare(manager.value)
    if name := _bare(manager.display_name) or number:
        said["manager"] = name
    if number:
        said["manager_id"] = number


def _bare(text: str | None) -> str:
    return text.strip() if text else ""
