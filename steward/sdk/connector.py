"""The base of every integration: a connector answers questions, the engine owns the flow.

A subclass says in class attributes what it is and asks for, answers `check()`, and overrides one
method for each stream it can read. What is not overridden is not offered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

import msgspec

from steward.sdk.context import Context
from steward.sdk.fields import AuthOption, Field
from steward.sdk.records import (
    STREAMS,
    Account,
    Activity,
    App,
    Assignment,
    Charge,
    Grant,
    Group,
    License,
    Membership,
    Record,
    Seat,
)
from steward.sdk.roles import BY_WORD, Roles
from steward.sdk.scopes import ForAll

Kind: TypeAlias = Literal["direct", "sso", "directory", "finance", "custom"]
Cursor: TypeAlias = Any
R = TypeVar("R", bound=Record)
Item = TypeVar("Item")

# What a mapper may raise on one record that is not as described.
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, msgspec.ValidationError)


@dataclass(frozen=True)
class Tenant:
    """Who answered. `id` stays the same for the life of the tenant and tells whether it is
    connected already. `scopes` are those granted, `expires_at` is when the credential ends; None
    where the app does not say."""

    id: str
    name: str
    scopes: frozenset[str] | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Problem:
    """A record that was set aside: which (an id, a row number), and why."""

    record: str
    reason: str


@dataclass(frozen=True)
class Page(Generic[R]):
    """`cursor` (plain JSON) is where reading can go on after this page, on another machine too;
    None means that only this very read can go on.

    Where an app can be asked for changes alone, the last page of a read carries a `mark` (plain
    JSON), and the next run finds it in `context.marks` under the name of the stream. A read that
    was begun with a mark says so with `changes` on every page: who is not on it is as they were,
    and only the accounts named in `gone` (ids) are missing; of one page, `records` come first. Only
    `accounts` may read so. An app that refuses the mark is read whole, from the first page on."""

    records: tuple[R, ...]
    cursor: Cursor = None
    problems: tuple[Problem, ...] = field(default=())
    mark: Any = None
    changes: bool = False
    gone: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.records)

    def __bool__(self) -> bool:
        """A page is a page, also where nobody is on it."""
        return True

    def going_on_at(self, cursor: Cursor) -> Page[R]:
        return replace(self, cursor=cursor)


Mapper: TypeAlias = "Callable[[Any], R | Iterable[R] | None]"
Pages: TypeAlias = Iterator[Page[R]]


def page_of(
    items: Iterable[Item],
    to_record: Callable[[Item], R | Iterable[R] | None],
    cursor: Cursor = None,
) -> Page[R]:
    """Map an app's items to records. An item that cannot be read is set aside with its reason and
    costs nobody else their place; a mapper may give several records for an item, or none."""
    records: list[R] = []
    problems: list[Problem] = []
    for number, item in enumerate(items, start=1):
        try:
            made = to_record(item)
            if isinstance(made, Record):
                records.append(made)
            elif made is not None:
                records.extend(made)
        except UNREADABLE as problem:
            problems.append(Problem(_label(item, number), _reason(problem)))
    return Page(tuple(records), cursor, tuple(problems))


def _label(item: object, number: int) -> str:
    if isinstance(item, Mapping) and isinstance(item.get("id"), str | int):
        return str(item["id"])[:200]
    return f"#{number}"


def _reason(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"the field {problem.args[0]!r} is missing"
    return str(problem)[:300]


class Connector(ABC):
    """`active_means` is shown beside every "last active" (what counts as activity here).
    `also_known_as` are catalogue keys and names under which sign-on services list this app.
    `speaks` tells the contract tests what stands on the other side. `roles` are what the words of
    `Account.role` mean here. Of a sign-on service `needs_assignment` says that nobody signs on to
    an app that was not assigned to them. An app whose accounts say in `attributes["sso"]` whether
    they are linked to a sign-on service `tells_sso`. `for_all` says how a grant without an account
    comes about.
    """

    slug: ClassVar[str]
    name: ClassVar[str]
    summary: ClassVar[str]
    category: ClassVar[str]
    kind: ClassVar[Kind] = "direct"
    speaks: ClassVar[Literal["http", "ldap", "file"]] = "http"
    auth: ClassVar[tuple[AuthOption, ...]]
    settings: ClassVar[tuple[Field, ...]] = ()
    active_means: ClassVar[str] = ""
    also_known_as: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[Roles] = BY_WORD
    needs_assignment: ClassVar[bool] = False
    tells_sso: ClassVar[bool] = False
    for_all: ClassVar[ForAll] = ForAll()

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def check(self) -> Tenant:
        """Ask the app who we are, with the least call that proves the credential."""

    def close(self) -> None:
        """Let go of connections."""

    def accounts(self, after: Cursor) -> Pages[Account]:
        raise NotImplementedError

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        raise NotImplementedError

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        raise NotImplementedError

    def apps(self, after: Cursor) -> Pages[App | Assignment]:
        raise NotImplementedError

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        raise NotImplementedError

    def activity(self, after: Cursor) -> Pages[Activity] | Pages[App | Activity]:
        raise NotImplementedError

    def charges(self, after: Cursor) -> Pages[Charge]:
        """All from `context.charges_from` on: of those days, what is not given is taken away."""
        raise NotImplementedError

    @classmethod
    def streams(cls) -> tuple[str, ...]:
        return tuple(s for s in STREAMS if getattr(cls, s) is not getattr(Connector, s))

    @classmethod
    def option(cls, name: str) -> AuthOption:
        return next((o for o in cls.auth if o.name == name), cls.auth[0])

    @classmethod
    def scopes_of(cls, stream: str, option: str) -> tuple[str, ...]:
        return tuple(s.name for s in cls.option(option).scopes if stream in s.streams)
