"""What an integration tells Steward: immutable records, one kind a stream.

An id is the app's own, as text, unique within the instance and stable across renames. A time is
an aware `datetime` in UTC. None means "the app does not say", which is never the same as False,
zero or "never".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import msgspec

AccountStatus: TypeAlias = Literal["active", "disabled"]
AccountKind: TypeAlias = Literal["person", "guest", "service"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Account(Record, frozen=True, kw_only=True):
    """A user inside the app.

    `status` says whether the account can sign in; an app's own word for it goes to
    `attributes["app_status"]`, and `attributes["suspended"]` is true where the app says that a
    disabled account is only paused, so that its owner has not left. `attributes["mfa"]` says
    whether the account has a second factor, and is left out where the app does not say.
    `attributes["sso"]` says, of an app that is set up for a sign-on service, whether the account is
    linked to it; it is left out likewise. `emails` holds every further address that is known to be
    the same human. `verified` is False where anyone could have typed the address in. `holds_seat`
    is None where the app does not say; the `licenses` stream sets it too. What `role` lets somebody
    do, the connector's `roles` say.
    """

    id: str
    email: str | None = None
    username: str = ""
    name: str = ""
    status: AccountStatus = "active"
    kind: AccountKind = "person"
    role: str = ""
    holds_seat: bool | None = None
    created_at: datetime | None = None
    last_active_at: datetime | None = None
    emails: tuple[str, ...] = ()
    verified: bool = True
    attributes: dict[str, Any] = {}


class Group(Record, frozen=True, kw_only=True):
    id: str
    name: str
    kind: Literal["group", "team", "role"] = "group"


class Membership(Record, frozen=True, kw_only=True):
    group: str
    account: str


class License(Record, frozen=True, kw_only=True):
    """A kind of paid seat. `purchased` is the number bought; None where the app does not say."""

    id: str
    name: str
    purchased: int | None = None


class Seat(Record, frozen=True, kw_only=True):
    license: str
    account: str
    last_active_at: datetime | None = None


class App(Record, frozen=True, kw_only=True):
    """An application seen through this one (sign-on, grants). `key` is the catalogue name the
    app itself uses, by which it is recognised as one of our integrations. `publisher` is who made
    it, where the app says; `verified` whether the app has checked that."""

    id: str
    name: str
    key: str = ""
    active: bool = True
    publisher: str = ""
    verified: bool | None = None


class Assignment(Record, frozen=True, kw_only=True):
    app: str
    account: str


class Grant(Record, frozen=True, kw_only=True):
    """Access that a third-party app was given to what is inside this one. `account` is whose data
    it may reach, and empty where it may reach everybody's; how that comes about, the connector's
    `for_all` says. `app` is the id of an `App` of the same stream. `scopes` are the app's own names
    for what is permitted. `granted_by` is the account that consented, where the app says."""

    app: str
    account: str = ""
    scopes: tuple[str, ...] = ()
    granted_at: datetime | None = None
    last_used_at: datetime | None = None
    granted_by: str = ""


class Activity(Record, frozen=True, kw_only=True):
    """The account did something on that UTC day; with `app`, it did so in that application, which
    another stream or an `App` of this one tells of."""

    account: str
    day: date
    app: str = ""


class Charge(Record, frozen=True, kw_only=True):
    """What was paid on that day, to whom, as the app's books have it: settled, not only asked for.
    A refund is less than zero. `currency` is its ISO 4217 code. `account` is who paid, such as the
    holder of a card, and `department` what the app itself puts it down to."""

    id: str
    day: date
    amount: Decimal
    currency: str
    vendor: str
    description: str = ""
    account: str = ""
    department: str = ""


# The record kinds of each stream, in the order in which the engine reads the streams.
STREAMS: dict[str, tuple[type[Record], ...]] = {
    "accounts": (Account,),
    "groups": (Group, Membership),
    "licenses": (License, Seat),
    "apps": (App, Assignment),
    "grants": (App, Grant),
    "activity": (App, Activity),
    "charges": (Charge,),
}
