"""What contracts commit the company to, month by month. It stands beside what was paid, and is
never added to it.

A term costs its value, evenly over its days; the parts of its months add up to the value to the
cent. Told in the company's currency at the rate of each month's last day, or of the last day before
that has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, TypeVar

from babel.numbers import get_currency_precision

from steward.insight.contract_history import PastTerm, own_edits, terms_before
from steward.insight.memory import remembered
from steward.insight.spend import Period, next_of
from steward.insight.traces import Minds
from steward.inventory import terms
from steward.inventory.amounts import rounded
from steward.inventory.charging import merged_applications
from steward.inventory.company import Company
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.money import Rates, text
from steward.inventory.spend import first_of

ZERO = Decimal()
NO_VALUE, NO_TERM = "no value is entered", "it is not entered when the term begins and ends"
NAMED = 5
_places = cache(get_currency_precision)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """Of a contract in a month, in its own currency and in the company's: None where there is no
    rate."""

    contract: int
    application: int | None
    month: date
    own: Decimal
    currency: str
    told: Decimal | None


@dataclass(frozen=True)
class Untold:
    """A contract of which cannot be told what it costs in the period."""

    contract: int
    name: str
    application: int | None
    why: str


@dataclass(frozen=True)
class Unconverted:
    currency: str
    amount: Decimal
    contracts: int


@dataclass(frozen=True)
class Committed:
    """`parts` are of months in the period alone."""

    parts: tuple[Part, ...]
    untold: tuple[Untold, ...]

    @cached_property
    def total(self) -> Decimal:
        return sum((part.told for part in self.parts if part.told is not None), ZERO)

    @cached_property
    def contracts(self) -> int:
        """How many the total is made of."""
        return len({part.contract for part in self.parts if part.told is not None})

    @cached_property
    def by_application(self) -> dict[int | None, Decimal]:
        return self._by(lambda part: part.application)

    @cached_property
    def by_month(self) -> dict[date, Decimal]:
        return self._by(lambda part: part.month)

    def months_of(self, application: int) -> dict[date, Decimal]:
        mine = (part for part in self.parts if part.application == application)
        return self._by(lambda part: part.month, mine)

    def _by(
        self, key: Callable[[Part], Key], parts: Iterable[Part] | None = None
    ) -> dict[Key, Decimal]:
        found: dict[Key, Decimal] = defaultdict(Decimal)
        for part in self.parts if parts is None else parts:
            if part.told is not None:
                found[key(part)] += part.told
        return dict(found)

    @cached_property
    def partly(self) -> frozenset[int | None]:
        """Applications of which not everything that is committed is in the figures."""
        no_rate = {part.application for part in self.parts if part.told is None}
        return frozenset(no_rate | {one.application for one in self.untold})

    @cached_property
    def unconverted(self) -> tuple[Unconverted, ...]:
        found: dict[str, list[Part]] = defaultdict(list)
        for part in self.parts:
            if part.told is None:
                found[part.currency].append(part)
        return tuple(
            Unconverted(code, sum((p.own for p in some), ZERO), len({p.contract for p in some}))
            for code, some in sorted(found.items())
        )


def committed(period: Period) -> Committed:
    key = ("committed", period, Company.get().currency, terms.today())
    found: Committed = remembered(key, lambda: _committed(period), Minds.FIGURES)
    return found


def left_out(found: Committed) -> str:
    """What is committed and in no figure, "" for nothing."""
    named = [
        f"{text(one.amount, one.currency)} of {_contracts(one.contracts)}, as no rate is known"
        for one in found.unconverted
    ]
    for why in (NO_VALUE, NO_TERM):
        some = [one.name for one in found.untold if one.why == why]
        more = f" and {len(some) - NAMED} more" if len(some) > NAMED else ""
        named += [f"{', '.join(some[:NAMED])}{more}, as {why}"] if some else []
    return f"Not in what is committed: {'; '.join(named)}." if named else ""


def _contracts(count: int) -> str:
    return f"{count} contract{'s' if count > 1 else ''}"


def _committed(period: Period) -> Committed:
    rates, day = Rates(Company.get().currency), terms.today()
    applications, before = _Applications(), _edits()
    parts: list[Part] = []
    untold: list[Untold] = []
    for row in Contract.objects.order_by("pk").defer("notes"):
        past = terms_before(row, before.get(row.pk, ()))
        spans = list(_spans(row, past, _last_day(row, day, period)))
        of = applications.of(row)
        if why := _why_not(row, spans, period):
            untold.append(Untold(row.pk, row.name, of, why))
        for month, (currency, own) in _by_month(row, spans, period).items():
            told = _told(own, currency, month, rates)
            parts.append(Part(row.pk, of, month, own, currency, told))
    return Committed(tuple(parts), tuple(untold))


def _edits() -> dict[int, list[Any]]:
    """Of those that were renewed; of all others the agreed term is the only one that was."""
    renewed = own_edits().filter(what="renewed").values("object")
    found: dict[int, list[Any]] = defaultdict(list)
    for edit in own_edits().filter(object__in=renewed):
        found[edit.object].append(edit)
    return found


@dataclass(frozen=True)
class Span:
    """A term and what all of it costs. `until` is its last day that counts: of one that was ended,
    or renewed before its time, no day counts twice."""

    starts: date
    ends: date
    until: date
    value: Decimal | None
    currency: str

    def cost(self, first: date, last: date) -> Decimal:
        """Of some of its days."""
        return self._to(last) - self._to(first - terms.DAY)

    def _to(self, day: date) -> Decimal:
        """From its start to the end of that day, in whole cents; all of it to its last day."""
        days, whole = (day - self.starts).days + 1, (self.ends - self.starts).days + 1
        value = self.value or ZERO
        if days >= whole:
            return value
        return rounded(value * days / whole, _places(self.currency))


def _last_day(row: Contract, day: date, period: Period) -> date:
    """Until when its terms are followed: those that may come by themselves after the one that
    stands commit nobody yet."""
    stands = terms.term_of(row, day).ends_on
    known = [row.ended_on] if row.ended_on and row.auto_renews else [row.ended_on, stands]
    return min(last for last in (*known, period.last) if last)


def _spans(row: Contract, past: Iterable[PastTerm], last: date) -> Iterator[Span]:
    """Every term that was or is agreed, and those that have come by themselves."""
    now = PastTerm(row.starts_on, row.ends_on, row.value, row.currency)
    agreed = [term for term in (*reversed(list(past)), now) if term.starts_on and term.ends_on]
    for term, following in pairwise(agreed):
        if following.starts_on and term.starts_on and following.starts_on > term.starts_on:
            yield from _rolling(row, term, min(following.starts_on - terms.DAY, last))
    if agreed and agreed[-1] is now:
        yield from _rolling(row, now, last)


def _rolling(row: Contract, term: PastTerm, last: date) -> Iterator[Span]:
    """A term, and those that came by themselves until that day, at what the same months cost."""
    if term.starts_on is None or term.ends_on is None:
        return
    until = min(term.ends_on, last)
    yield Span(term.starts_on, term.ends_on, until, term.value, term.currency)
    of = Contract(starts_on=term.starts_on, ends_on=term.ends_on, auto_renews=True)
    of.renews_for_months = row.renews_for_months
    value, times = _of_a_renewal(of, term.value), 1
    while (came := terms.later(of, times)).starts_on and came.ends_on and came.starts_on <= last:
        yield Span(came.starts_on, came.ends_on, min(came.ends_on, last), value, term.currency)
        times += 1


def _of_a_renewal(of: Contract, value: Decimal | None) -> Decimal | None:
    """As much a month as the agreed term, where that is of another length."""
    agreed, months = terms.whole_months(of.starts_on, of.ends_on), terms.months_of(of)
    if value is None or not agreed or not months or agreed == months:
        return value
    return rounded(value * months / agreed)


def _by_month(
    row: Contract, spans: Iterable[Span], period: Period
) -> Mapping[date, tuple[str, Decimal]]:
    found: dict[date, tuple[str, Decimal]] = {}
    for span in spans:
        first, last = max(span.starts, period.first), min(span.until, period.last)
        month = first_of(first)
        while span.value is not None and max(month, first) <= last:
            until = min(next_of(month) - timedelta(days=1), last)
            _, sum_ = found.get(month, ("", ZERO))
            found[month] = (span.currency, sum_ + span.cost(max(month, first), until))
            month = next_of(month)
    return found


def _why_not(row: Contract, spans: Iterable[Span], period: Period) -> str:
    """ "" where it can be told, or is not of the period at all."""
    for span in spans:
        if span.value is None and span.starts <= period.last and span.until >= period.first:
            return NO_VALUE
    if row.starts_on and row.ends_on:
        return ""
    over = row.ended_on or (None if row.auto_renews else row.ends_on)
    is_outside = (over and over < period.first) or (row.starts_on or date.min) > period.last
    return "" if is_outside else NO_TERM


def _told(own: Decimal, currency: str, month: date, rates: Rates) -> Decimal | None:
    told = rates.told(own, currency, next_of(month) - timedelta(days=1))
    return rounded(told.amount, _places(rates.currency)) if told else None


class _Applications:
    """Which application a contract is for: its own, else the one that all of its lines are of."""

    def __init__(self) -> None:
        self._merged = merged_applications()
        self._lines: dict[int, set[int]] = defaultdict(set)
        rows = ContractLine.objects.values_list("contract", "licence__application")
        for contract, application in rows.distinct():
            self._lines[contract].add(self._now(application))

    def of(self, row: Contract) -> int | None:
        if row.application_id is not None:
            return self._now(row.application_id)
        found = self._lines.get(row.pk, set())
        return next(iter(found)) if len(found) == 1 else None

    def _now(self, number: int) -> int:
        return self._merged.get(number, number)
