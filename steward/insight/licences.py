"""Licences with their seats and what they cost: what was bought, who holds it, who uses it.

Seats are counted by `insight.seats` alone, money by `insight.prices` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils import timezone

from steward.insight import seats
from steward.insight.memory import remembered
from steward.insight.prices import Cost, Price, prices_on
from steward.insight.seat_counts import Place, counted
from steward.insight.traces import Minds
from steward.inventory.company import Company
from steward.inventory.contract import ContractLine
from steward.inventory.holdings import License
from steward.inventory.instance import Book, Instance
from steward.inventory.licence import LicenceType
from steward.inventory.money import Rates

UNASSIGNED = "unassigned"
# Why money is wasted: seats that somebody holds, and those that nobody does.
WASTE = {**seats.REASONS, UNASSIGNED: "Bought, assigned to nobody"}
BY_APP, BY_HAND = "app", "hand"


@dataclass(frozen=True, eq=False)
class Licence:
    """`states` counts its seats by the states of `insight.seats`, and is None where nobody can tell
    who holds one. `bought` comes from the app or from a hand, as `bought_by` says. Whatever is
    more than what was bought is paid for as well."""

    number: int
    application: int
    application_name: str
    key: str
    name: str
    counted: str
    role: str
    notes: str
    is_read: bool
    states: Mapping[str, int] | None
    bought: int | None
    bought_by: str
    price: Price | None

    def __str__(self) -> str:
        return f"{self.application_name}: {self.name}"

    @property
    def is_by_hand(self) -> bool:
        return self.key.startswith(LicenceType.BY_HAND)

    @property
    def assigned(self) -> int | None:
        return None if self.states is None else sum(self.states.values())

    @property
    def active(self) -> int | None:
        """None where the app does not say who uses what."""
        if self.states is None:
            return None
        blind = self.states.get(seats.UNKNOWN, 0) and not self._tells
        return None if blind else self.states.get(seats.USED, 0)

    @property
    def _tells(self) -> int:
        told = (seats.USED, seats.UNUSED, seats.NEVER)
        return sum(self.states.get(state, 0) for state in told) if self.states else 0

    @property
    def unassigned(self) -> int | None:
        if self.bought is None or self.assigned is None:
            return None
        return max(self.bought - self.assigned, 0)

    @property
    def paid(self) -> int | None:
        known = [number for number in (self.bought, self.assigned) if number is not None]
        return max(known) if known else None

    @property
    def wasted(self) -> dict[str, int]:
        """Seats by reason, each in one of them, in the order of the reasons."""
        held = self.states or {}
        found = {**{r: held.get(r, 0) for r in seats.REASONS}, UNASSIGNED: self.unassigned or 0}
        return {reason: count for reason, count in found.items() if count}

    @property
    def wasted_seats(self) -> int:
        return sum(self.wasted.values())

    @property
    def cost(self) -> Cost | None:
        """Of one seat."""
        return self.price.cost if self.price else None

    @property
    def costs(self) -> Cost | None:
        return None if self.paid is None else self.of(self.paid)

    @property
    def waste(self) -> Cost | None:
        return self.of(self.wasted_seats)

    def of(self, count: int) -> Cost | None:
        """What so many seats cost."""
        return Cost(self.cost.month * count, self.cost.year * count) if self.cost else None

    @property
    def why_no_cost(self) -> str:
        if self.cost:
            return ""
        return f"no rate for {self.price.currency}" if self.price else "no price"


def licences(application: int | None = None) -> list[Licence]:
    """All that are read or were made by hand, by application and name."""
    today = timezone.now().date()
    found: list[Licence] = remembered(
        ("licences", today), lambda: list(_licences(today)), Minds.FIGURES
    )
    return [one for one in found if application in (None, one.application)]


def licence(number: int) -> Licence | None:
    return next((one for one in licences() if one.number == number), None)


def currency() -> str:
    return str(Company.get().currency)


def _licences(today: date) -> Iterator[Licence]:
    prices = prices_on(today, Rates(currency()))
    counts, bought, telling = counted(), _bought(), _telling()
    lines = ContractLine.objects.filter(licence=OuterRef("pk"))
    rows = LicenceType.objects.select_related("application").annotate(lined=Exists(lines))
    for row in rows.order_by("application__name", "name", "pk"):
        place = (row.application_id, row.key)
        is_read = place in bought
        states = _states(row, is_read, counts.get(place, Counter()), telling)
        from_app = bought.get(place)
        made = Licence(
            row.pk,
            row.application_id,
            row.application.name,
            row.key,
            row.name,
            row.counted,
            row.role,
            row.notes,
            is_read,
            states,
            row.bought if from_app is None else from_app,
            BY_APP if from_app is not None else BY_HAND if row.bought is not None else "",
            prices.get(row.pk),
        )
        if row.lined or _is_worth_a_line(made):
            yield made


def _is_worth_a_line(made: Licence) -> bool:
    """What is not read any more, or was only looked for, is kept for the day it is read again."""
    lives = made.is_read or (made.is_by_hand and made.key != LicenceType.UNNAMED)
    return bool(lives or made.assigned or made.price or made.bought is not None)


def _states(
    row: LicenceType, is_read: bool, found: Counter[str], telling: dict[str, set[int]]
) -> Mapping[str, int] | None:
    if not row.is_by_hand:
        return found if is_read else None
    if row.counted == LicenceType.UNKNOWN:
        return None
    return found if row.application_id in telling[row.counted] else None


def _telling() -> dict[str, set[int]]:
    """Applications that say who holds a paid seat, and those that say who has which role."""
    books = Book.objects.filter(tells_seats=True, closed_at=None).values("pk")
    connected = Instance.objects.present().exclude(application=None)
    return {
        LicenceType.SEATS: set(
            connected.filter(book__in=books).values_list("application", flat=True)
        ),
        LicenceType.ROLE: set(connected.values_list("application", flat=True)),
    }


def _bought() -> dict[Place, int | None]:
    """Licences that are read, with how many were bought: summed over the instances of an
    application, None where one of them does not say."""
    found: dict[Place, int | None] = {}
    rows = License.objects.present().values_list(
        "instance__application", "external_id", "purchased"
    )
    for application, key, purchased in rows:
        before = found.get((application, key), 0)
        known = before is not None and purchased is not None
        found[application, key] = (before or 0) + purchased if known else None
    return found


@dataclass(frozen=True)
class Sum:
    """Of several licences: what has no cost in the company's currency is left out of the amounts,
    and named with its seats."""

    seats: int = 0
    month: Decimal = Decimal(0)
    year: Decimal = Decimal(0)
    left_out: tuple[tuple[Licence, int], ...] = ()

    def plus(self, one: Licence, count: int) -> Sum:
        cost = one.of(count)
        if cost is None:
            left_out = (*self.left_out, (one, count)) if count else self.left_out
            return Sum(self.seats + count, self.month, self.year, left_out)
        return Sum(
            self.seats + count, self.month + cost.month, self.year + cost.year, self.left_out
        )

    @property
    def is_known(self) -> bool:
        """Whether any amount is in it; where nothing has a price the sum is not zero."""
        return self.seats > sum(count for _, count in self.left_out)

    @property
    def sentence(self) -> str:
        """What was left out, "" where nothing was."""
        counts: dict[Licence, int] = {}
        for one, count in self.left_out:
            counts[one] = counts.get(one, 0) + count
        named = [f"{count} of {one} ({one.why_no_cost})" for one, count in counts.items()]
        more = f" and those of {len(named) - NAMED} more licences" if len(named) > NAMED else ""
        return f"Seats left out of the amounts: {', '.join(named[:NAMED])}{more}." if named else ""


NAMED = 5


def reclaimable() -> tuple[int, Decimal, str, str]:
    """Seats that could be given up, what they cost a month in the company's currency, which that
    is, and a sentence of what was left out ("" for nothing)."""
    total = wasted(licences())
    return total.seats, total.month, currency(), total.sentence


def wasted(rows: list[Licence]) -> Sum:
    total = Sum()
    for one in rows:
        total = total.plus(one, one.wasted_seats)
    return total


def spent(rows: list[Licence]) -> Sum:
    """What is paid for all seats of these licences."""
    total = Sum()
    for one in rows:
        total = total.plus(one, one.paid or 0)
    return total
