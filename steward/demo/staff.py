"""Who works in the made-up company, and the accounts they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

Employment: TypeAlias = Literal["employee", "contractor", "service", "unknown"]
UseStatus: TypeAlias = Literal["active", "suspended", "disabled"]

DOMAIN = "northwind-labs.example"


@dataclass(frozen=True)
class Use:
    """One account in one app. `role` is "owner", "admin", "member" or "guest". `teams` are keys
    into `Company.teams[app]`; `apps` (Okta alone) are keys into `Company.sso`. `last_active` is
    None for an account that was never used."""

    username: str
    email: str
    status: UseStatus = "active"
    role: str = "member"
    holds_seat: bool = False
    last_active: datetime | None = None
    apps: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Human:
    """`number` is unique in the company: ids of accounts are made from it. `aliases` are further
    addresses of the same human. Keys of `uses`: okta, google, github, slack, scim, csv."""

    number: int
    first: str
    last: str
    email: str
    department: str
    title: str
    employment: Employment
    started: date
    left: date | None = None
    manager_id: str | None = None
    aliases: tuple[str, ...] = ()
    uses: dict[str, Use] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"p{self.number:04d}"

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip()


@dataclass(frozen=True)
class SsoApp:
    """`name` is the key in the sign-on service's catalogue, `label` what people see."""

    key: str
    name: str
    label: str
    number: int
    active: bool = True


@dataclass(frozen=True)
class SignOn:
    human: Human
    app: SsoApp
    at: datetime
