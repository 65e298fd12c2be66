"""What a rule is: what it looks for, in words, and how it finds it among some accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from steward.insight.accounts import accounts
from steward.insight.findings.knowing import Knowing
from steward.inventory.account import Account
from steward.inventory.finding import severity_word

Facts: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Span:
    """Accounts whose number is above `low` and not above `high` (None: all that follow)."""

    low: int
    high: int | None

    def holds(self, number: int) -> bool:
        return self.low < number and (self.high is None or number <= self.high)

    def within(self, field: str) -> dict[str, int]:
        upper = {} if self.high is None else {f"{field}__lte": self.high}
        return {f"{field}__gt": self.low, **upper}

    def working(self) -> Any:
        """Accounts that can sign in."""
        return accounts().filter(status=Account.ACTIVE, **self.within("pk"))


@dataclass(frozen=True)
class Seen:
    """What a rule has found: of which subject, how grave, and the evidence as facts and in a
    sentence. `book` is that of the account; None where the subject is an application."""

    subject: int
    book: int | None
    name: str
    severity: int
    said: str
    evidence: Facts


@dataclass(frozen=True)
class Rule:
    """`one` and `many` follow a number on Home. `found` gives what it sees in a span; with
    `of_applications` it is asked once, for all. `means` says exactly what is looked for, with what
    `by_app` adds of the integrations there are; `todo` what to do about it. `needs` are the names
    of what an app must tell so that it can be asked (see `knowing.NEEDS`)."""

    slug: str
    title: str
    one: str
    many: str
    severity: int
    means: str
    todo: str
    found: Callable[[Span, Knowing], Iterator[Seen]]
    needs: tuple[str, ...] = ()
    of_applications: bool = False
    by_app: Callable[[], str] | None = None

    @property
    def words(self) -> str:
        return f"{self.means} {self.by_app()}" if self.by_app else self.means

    def facts(self) -> Facts:
        return {
            "rule": self.slug,
            "title": self.title,
            "severity": severity_word(self.severity),
            "means": self.words,
            "todo": self.todo,
        }


READ = (
    "pk", "instance_id", "instance__name", "name", "email", "username", "external_id", "kind",
    "role", "created_at", "first_seen_at", "active_at",
)  # fmt: skip


def called(row: Mapping[str, Any]) -> str:
    names = ("name", "email", "username", "external_id")
    return str(next((row[n] for n in names if row[n]), ""))[:300]


def seen(row: Mapping[str, Any], severity: int, said: str, **evidence: Any) -> Seen:
    """Of an account read with the fields of `READ`."""
    facts = {name: _json(value) for name, value in evidence.items()}
    return Seen(row["pk"], row["instance_id"], called(row), severity, said, facts)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y}"
