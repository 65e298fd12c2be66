"""The term of a contract as it stands on a day.

Whoever agreed to automatic renewal is bound by the next term although nobody has entered it: the
term that is shown then is the one that stands, and `rolled` says how many came by themselves.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias

from django.db.models import Q

from steward.inventory.contract import Contract

Standing: TypeAlias = Literal["upcoming", "active", "ending", "expired", "ended"]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """`ends_on` is its last day; it renews, or is over, on the day after."""

    starts_on: date | None
    ends_on: date | None
    notice_on: date | None
    rolled: int = 0

    @property
    def renews_on(self) -> date | None:
        return self.ends_on + DAY if self.ends_on else None


def today() -> date:
    return datetime.now(UTC).date()


def term_of(contract: Contract, day: date) -> Term:
    """The agreed term, or the one that has come by itself since."""
    now = Term(contract.starts_on, contract.ends_on, contract.notice_on)
    rolls = contract.auto_renews and contract.ended_on is None
    if not rolls or contract.ends_on is None or contract.ends_on >= day:
        return now
    return later(contract, _needed(contract.ends_on, months_of(contract) or 12, day))


def has_rolled(day: date) -> Q:
    return Q(auto_renews=True, ended_on=None, ends_on__lt=day)


def untold(day: date) -> Q:
    """Those of which the term that came by itself is not told yet, or not any more."""
    return has_rolled(day) & (Q(rolled_ends_on=None) | Q(rolled_ends_on__lt=day))


def tell(contract: Contract, day: date) -> None:
    """Only where it still is what it was when it was read."""
    term = term_of(contract, day)
    same = {name: getattr(contract, name) for name in _TELLING}
    Contract.objects.filter(pk=contract.pk, **same).update(
        rolled_starts_on=term.starts_on,
        rolled_ends_on=term.ends_on,
        rolled_notice_on=term.notice_on,
    )


_TELLING = ("starts_on", "ends_on", "notice_on", "auto_renews", "renews_for_months", "ended_on")


def later(contract: Contract, times: int) -> Term:
    """So many terms after the agreed one. Counted from the agreed dates each time, so that the
    31st stays the 31st after a February."""
    if contract.ends_on is None:
        return Term(contract.starts_on, None, None)
    months, renews = months_of(contract) or 12, contract.ends_on + DAY
    starts, ends = (plus_months(renews, months * n) for n in (times - 1, times))
    return Term(starts, ends - DAY, _notice(contract, ends - DAY, months * times), times)


def _notice(contract: Contract, ends: date, months: int) -> date | None:
    """As long before the end as it was, in months or in days: the earlier of the two, since a
    day late would be too late."""
    if contract.notice_on is None or contract.ends_on is None:
        return None
    by_days = ends - (contract.ends_on - contract.notice_on)
    return min(plus_months(contract.notice_on, months), by_days)


def _needed(ends: date, months: int, day: date) -> int:
    """How many more terms it takes until one has not ended before that day."""
    renews = ends + DAY
    apart = (day.year - renews.year) * 12 + day.month - renews.month
    times = max(apart // months, 1)
    while plus_months(renews, times * months) <= day:
        times += 1
    return times


def months_of(contract: Contract) -> int | None:
    """How long the next term is: as agreed, else as long as this one where that is whole months."""
    if contract.renews_for_months:
        return int(contract.renews_for_months)
    return whole_months(contract.starts_on, contract.ends_on)


def whole_months(starts: date | None, ends: date | None) -> int | None:
    """How long a term is; None where that is not known, or not in whole months."""
    if starts is None or ends is None:
        return None
    renews = ends + DAY
    months = (renews.year - starts.year) * 12 + renews.month - starts.month
    return months if months > 0 and plus_months(starts, months) == renews else None


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or the last one it has. What lies past the calendar's end is
    its last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def standing(contract: Contract, day: date) -> Standing:
    if contract.ended_on is not None:
        return "ended" if contract.ended_on <= day else "ending"
    began_on = contract.began_on or contract.starts_on
    if began_on is not None and began_on > day:
        return "upcoming"
    over = contract.ends_on is not None and contract.ends_on < day
    return "expired" if over and not contract.auto_renews else "active"
