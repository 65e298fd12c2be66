"""Who uses what: the period that is asked about, whom, and when they count as inactive.

The rows are those of `inventory.usage.Use`, which `sync.usage` tells when accounts have changed:
a human in an application, and with application 0 a human in whichever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, Count, Exists, F, Func, IntegerField, OuterRef, Q, Value, When
from django.db.models.lookups import GreaterThan

from steward.insight.asking import BadRequest
from steward.insight.descriptions import attribute, grouped_by, value_called
from steward.insight.memory import remembered
from steward.insight.thresholds import DAYS as DAYS
from steward.insight.thresholds import inactive_after as inactive_after
from steward.insight.thresholds import not_within
from steward.insight.traces import Minds
from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.books import closed_untold
from steward.inventory.usage import EVERYWHERE, NOBODY, Use, first_kept, masks

# The group of those of whom the directory does not say it.
NOT_SAID = "Not said"
WHO = (
    ("active", "Active in the period"),
    ("was-active", "Active in it, also who is removed"),
    ("not-active", "Not active in the period"),
    ("inactive", "Inactive for long"),
    ("never", "Never seen active"),
    ("unknown", "Not known"),
)


def today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Period:
    """Both days are in it. `days` is set where it is the last so many days."""

    first: date
    last: date
    days: int | None = None

    @classmethod
    def asked(cls, days: str = "", first: str = "", last: str = "") -> Period:
        """`first` and `last` come before `days`; no more can be asked for than is kept."""
        now = today()
        end = min(_day("To", last) if last else now, now)
        begin = _day("From", first) if first else end - timedelta(days=_number(days) - 1)
        if begin > end:
            raise BadRequest("From must not be later than To, nor than today.")
        begin, end = max(begin, first_kept(now)), max(end, first_kept(now))
        count = (end - begin).days + 1
        return cls(begin, end, count if end == now and not first else None)

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def said(self) -> str:
        if self.days:
            return f"in the last {self.days} days"
        if self.length == 1:
            return f"on {self.first:%-d %B %Y}"
        return f"from {self.first:%-d %B} to {self.last:%-d %B %Y}"

    def before(self) -> Period | None:
        """As many days before it, where they are kept."""
        first = self.first - timedelta(days=self.length)
        known = first >= first_kept(today())
        return Period(first, self.first - timedelta(days=1)) if known else None


def _day(label: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{label} must be a day such as 2026-11-01.") from None


def _number(text: str) -> int:
    if not text:
        return DAYS
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= 400:
        raise BadRequest("Days must be a number from 1 to 400.")
    return int(text)


def active_in(period: Period) -> Any:
    """A condition of a row: active on one of these days."""
    if period.last >= today():
        return Q(last_active__gte=period.first)
    return GreaterThan(reduce(add, _held(period)), 0)


def days_in(period: Period) -> Any:
    """On how many of these days."""
    return reduce(add, [BitCount(held) for held in _held(period)])


def _held(period: Period) -> list[Any]:
    return [F(column).bitand(mask) for column, mask in masks(period.first, period.last)]


def on_day(day: date) -> Any:
    """1 where active on that day."""
    ((column, mask),) = masks(day, day)
    return F(column).bitrightshift(mask.bit_length() - 1).bitand(1)


class BitCount(Func):
    """How many bits are set."""

    function = "BIT_COUNT"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "%(function)s((%(expressions)s)::bit(64))"
        return self.as_sql(compiler, connection, template=template, **more)


@dataclass(frozen=True)
class Scope:
    """What is asked about: an application (or any), people of a department or another attribute,
    or one person."""

    period: Period
    application: int = EVERYWHERE
    person: int | None = None
    department: str = ""
    group_by: str = ""
    group: str | None = None

    @classmethod
    def asked(cls, given: Mapping[str, str]) -> Scope:
        by, group = attribute(given.get("group_by", "")), given.get("group", "")
        if by and group and group.strip().casefold() != NOT_SAID.casefold():
            group = value_called(by, group)
        elif group:
            group = NOT_SAID
        return cls(
            Period.asked(given.get("days", ""), given.get("from", ""), given.get("to", "")),
            _known_application(given.get("application", "")),
            _id("Person", given.get("person", "")),
            value_called("department", given.get("department", "")),
            by,
            group if by and group else None,
        )

    @property
    def compared_by(self) -> str:
        return self.group_by or ("title" if self.department else "department")

    @property
    def is_narrowed(self) -> bool:
        """To some of the people of an application."""
        return bool(self.person or self.department or self.group is not None)

    def rows(self) -> Any:
        """Whoever has it, and is not removed everywhere."""
        return self.all_rows().exclude(status="removed")

    def all_rows(self) -> Any:
        rows = Use.objects.filter(application=self.application)
        if self.person and not self.application:
            rows = Use.objects.filter(application__gt=EVERYWHERE)
        return self.narrowed(rows)

    def narrowed(self, rows: Any) -> Any:
        if closed_untold().exists():
            rows = _still_there(rows)
        if self.person:
            rows = rows.filter(person=self.person)
        if self.department:
            rows = rows.filter(person__in_department=self.department)
        if self.group is not None:
            group = None if self.group == NOT_SAID else self.group
            rows = rows.annotate(group_=grouped_by(self.group_by)).filter(group_=group)
        return rows


def _still_there(rows: Any) -> Any:
    """For the moments after a deletion: without whom nothing shows any more."""
    here = Account.objects.present().filter(pk=OuterRef("account"))
    anywhere = Account.objects.present().filter(person=OuterRef("person"))
    return rows.filter(Q(Exists(here)) | Q(Exists(anywhere), application=EVERYWHERE))


def _known_application(text: str) -> int:
    number = _id("Application", text)
    if number and not Application.objects.filter(pk=number).exists():
        raise BadRequest("There is no such application.")
    return number or EVERYWHERE


def _id(label: str, text: str) -> int | None:
    if text and (not text.isascii() or not text.isdecimal() or len(text) > 18):
        raise BadRequest(f"{label} must be a number.")
    return int(text) if text else None


UNKNOWN = Q(source=NOBODY)
NEVER = Q(last_active=None) & ~UNKNOWN


def inactive() -> Q:
    """Active once, and not for longer than is usual in the application."""
    return not_within("last_active", "application", today())


def standing() -> Case:
    return Case(
        When(UNKNOWN, then=Value("not known")),
        When(NEVER, then=Value("never seen active")),
        When(inactive(), then=Value("inactive")),
        default=Value("active"),
    )


def named(rows: Any, text: str) -> Any:
    """Those whose name or address holds the text, where there is one."""
    if not text:
        return rows
    return rows.filter(Q(name__icontains=text) | Q(email__icontains=text))


def only(scope: Scope, who: str) -> Any:
    """The rows that a figure counts."""
    rows, during = scope.rows(), active_in(scope.period)
    if who == "was-active":
        return scope.all_rows().filter(during)
    if who == "not-active":
        return rows.exclude(UNKNOWN).exclude(during)
    chosen = {"active": during, "inactive": inactive(), "never": NEVER, "unknown": UNKNOWN}
    return rows.filter(chosen[who]) if who else rows


def figures(scope: Scope) -> dict[str, int | None]:
    """How many have it, were active, are inactive for long, never were, and are not known to be."""
    key = ("usage-figures", scope, today())
    return dict(remembered(key, lambda: _figures(scope), Minds.FIGURES))


def _figures(scope: Scope) -> dict[str, int | None]:
    counted = scope.rows().aggregate(
        users=Count("pk"),
        unknown=Count("pk", filter=UNKNOWN),
        active=Count("pk", filter=Q(active_in(scope.period))),
        inactive=Count("pk", filter=inactive()),
        never=Count("pk", filter=~UNKNOWN & Q(last_active=None)),
    )
    told = counted["users"] - counted["unknown"]
    known = {name: counted[name] if told else None for name in ("active", "inactive", "never")}
    share = (200 * counted["active"] + told) // (2 * told) if told else None
    return {"users": counted["users"], **known, "unknown": counted["unknown"], "share": share}
