"""Sharing out what was paid: month by month, each application as it asks for, to the cent.

The cost of an application is shared by those who held a seat, by the days of use, or in fixed
shares among departments. Where nobody is known who could bear it, and for what is of no application
yet, whoever paid bears it. What is then left is a line of its own, so that the parts of a month
always add up to what was paid in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward.inventory import spend as why
from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.charging import merged_applications
from steward.inventory.company import Company
from steward.inventory.edit import Edit
from steward.inventory.identity import IdentityChange
from steward.inventory.instance import Book
from steward.inventory.person import Person
from steward.inventory.spend import DepartmentShare, PersonShare, SpendMonth, first_of
from steward.inventory.splitting import split
from steward.ledger.holders import Weights, by_seat, by_use, last_of

# A large company takes some seconds a month, and an admin does not say one thing alone.
PATIENCE = timedelta(minutes=10)
FEW = 20_000
BATCH = 2_000


@dataclass(frozen=True)
class Paid:
    """What one payer has paid in a month for an application (None: of none yet)."""

    application: int | None
    person: int | None
    department: str
    amount: Decimal


@dataclass(frozen=True)
class Part:
    """Of an application's cost. Where `department` or `person` is not named, why it is not."""

    application: int | None
    amount: Decimal
    department: str = ""
    person: int | None = None
    why_no_department: str = ""
    why_no_person: str = ""


def due(patience: timedelta = PATIENCE) -> Any:
    """Months to be shared out anew: when charges have changed at once; as people come and go the
    present one hourly, the one before daily and all weekly; and within `patience` of an edit of
    applications or of who is who."""
    now = timezone.now()
    this = first_of(now.date())
    before = first_of(this - timedelta(days=1))
    waits = Q(untold=True) | Q(told_at=None) | Q(told_at__lt=now - timedelta(days=7))
    waits |= Q(month__gte=before, told_at__lt=now - timedelta(days=1))
    waits |= Q(month__gte=this, told_at__lt=now - timedelta(hours=1))
    edited = _newest_edit()
    if edited:
        waits |= Q(told_at__lt=min(edited, now - patience))
    return SpendMonth.objects.filter(waits).order_by("-month")


def _newest_edit() -> datetime | None:
    of_applications = Edit.objects.filter(kind="application").aggregate(at=Max("at"))
    who_is_who = IdentityChange.objects.aggregate(at=Max("at"), undone=Max("undone_at"))
    found = [of_applications["at"], *who_is_who.values()]
    return max((at for at in found if at), default=None)


def tell_due(patience: timedelta = PATIENCE) -> bool:
    """One of them, the latest first; False when there is none."""
    month = due(patience).values_list("month", flat=True).first()
    if month is not None:
        tell(month)
    return month is not None


def catch_up() -> None:
    """In a company of which it takes no time; in others a worker does it in a moment."""
    counted = Book.objects.filter(closed_at=None).aggregate(all=Sum("present"))["all"] or 0
    for _ in range(SpendMonth.objects.count() if counted <= FEW else 0):
        if not tell_due(timedelta()):
            return


def tell(month: date) -> None:
    changes = SpendMonth.objects.filter(month=month).values_list("changes", flat=True).first()
    parts = list(_parts(month))
    with transaction.atomic():
        SpendMonth.objects.select_for_update().filter(month=month).first()
        DepartmentShare.objects.filter(month=month).delete()
        PersonShare.objects.filter(month=month).delete()
        DepartmentShare.objects.bulk_create(_by_department(month, parts), batch_size=BATCH)
        PersonShare.objects.bulk_create(_by_person(month, parts), batch_size=BATCH)
        rows = SpendMonth.objects.filter(month=month)
        rows.update(told_at=timezone.now())
        rows.filter(changes=changes).update(untold=False)


def _parts(month: date) -> Iterator[Part]:
    merged, currency = merged_applications(), Company.get().currency
    by_application: dict[int | None, list[Paid]] = defaultdict(list)
    for paid in _paid(month, merged):
        by_application[paid.application].append(paid)
    ways = Application.objects.in_bulk([app for app in by_application if app])
    weights = _weights(ways.values(), month, merged)
    places = _Departments()
    for application, all_paid in by_application.items():
        way = ways.get(application) if application else None
        if way and way.allocation == Application.FIXED and _fixed(way):
            yield from _by_shares(way, all_paid, currency)
        elif application in weights:
            yield from _by_weight(all_paid, weights[application], currency, places)
        else:
            yield from (_borne_by_payer(one, places) for one in all_paid)


def _paid(month: date, merged: Mapping[int, int]) -> Iterator[Paid]:
    rows = Charge.objects.counted().filter(
        day__range=(month, last_of(month)), is_saas=True, told__isnull=False
    )
    who = Coalesce(F("person__merged_into__merged_into"), F("person__merged_into"), F("person"))
    grouped = rows.order_by().annotate(who=who).values("application", "who", "department")
    for row in grouped.annotate(amount=Sum("told")).order_by("application", "who", "department"):
        app = row["application"]
        yield Paid(merged.get(app, app), row["who"], row["department"], row["amount"])


def _weights(ways: Iterable[Application], month: date, merged: Mapping[int, int]) -> Weights:
    """Only those of whom anybody is known."""
    of_way: dict[str, list[int]] = defaultdict(list)
    for way in ways:
        of_way[way.allocation].append(way.pk)
    seats = by_seat(of_way[Application.SEAT], month, merged) if of_way[Application.SEAT] else {}
    use = by_use(of_way[Application.USAGE], month, merged) if of_way[Application.USAGE] else {}
    return {app: found for app, found in {**seats, **use}.items() if sum(found.values())}


def _fixed(way: Application) -> dict[str, int]:
    return {name: int(share) for name, share in way.shares.items() if int(share) > 0}


def _by_shares(way: Application, paid: Sequence[Paid], currency: str) -> Iterator[Part]:
    shares = _fixed(way)
    rest = max(100 - sum(shares.values()), 0)
    whole = sum((one.amount for one in paid), Decimal())
    *parts, left = split(whole, [*shares.values(), rest], currency)
    for department, amount in zip(shares, parts, strict=True):
        yield Part(way.pk, amount, department, why_no_person=why.FIXED)
    if left:
        yield Part(way.pk, left, why_no_department=why.REST, why_no_person=why.FIXED)


def _by_weight(
    paid: Sequence[Paid], weights: Mapping[int | None, int], currency: str, places: _Departments
) -> Iterator[Part]:
    application = paid[0].application
    whole = sum((one.amount for one in paid), Decimal())
    parts = split(whole, list(weights.values()), currency)
    for person, amount in zip(weights, parts, strict=True):
        if person is None:
            no = why.OWNERLESS
            yield Part(application, amount, why_no_department=no, why_no_person=no)
        elif amount:
            yield _borne(application, amount, person, places.of(person))


def _borne_by_payer(paid: Paid, places: _Departments) -> Part:
    if paid.person:
        place = paid.department or places.of(paid.person)
        return _borne(paid.application, paid.amount, paid.person, place)
    no = "" if paid.department else why.UNKNOWN
    return Part(paid.application, paid.amount, paid.department, None, no, why.UNKNOWN)


def _borne(application: int | None, amount: Decimal, person: int, department: str) -> Part:
    return Part(application, amount, department, person, "" if department else why.PLACELESS)


class _Departments:
    """Of people, all read at once when the first is asked for."""

    def __init__(self) -> None:
        self._known: dict[int, str] | None = None

    def of(self, person: int) -> str:
        if self._known is None:
            rows = Person.objects.values_list("pk", "attributes__department").iterator(BATCH)
            self._known = {pk: str(name or "")[:300] for pk, name in rows}
        return self._known.get(person, "")


def _by_department(month: date, parts: Sequence[Part]) -> list[DepartmentShare]:
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for part in parts:
        sums[part.application, part.department, part.why_no_department] += part.amount
    return [
        DepartmentShare(month=month, application_id=app, department=name, why=why, amount=amount)
        for (app, name, why), amount in sums.items()
    ]


def _by_person(month: date, parts: Sequence[Part]) -> list[PersonShare]:
    """With what it is made of, by application."""
    sums: dict[tuple[Any, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for part in parts:
        sums[part.person, part.why_no_person][str(part.application or "")] += part.amount
    return [
        PersonShare(
            month=month,
            person_id=person,
            why=why,
            amount=sum(of.values(), Decimal()),
            parts={app: f"{amount.normalize():f}" for app, amount in of.items()},
        )
        for (person, why), of in sums.items()
    ]
