"""What people enter about licences: kinds of seat that no app tells of, how many were bought, and
what a seat costs from which day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.inventory.amounts import LARGEST, MONEY_PLACES
from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.holdings import License
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.money import is_currency
from steward.inventory.problems import Conflict, refuse
from steward.ledger import trail
from steward.sdk.fields import FieldError

LICENCE, PRICE = "licence", "price"
# Of a licence that an app tells of only what the app does not say is entered.
ANYWAY = ("bought", "notes")
MOST_SEATS, MOST_MONTHS, LONGEST = 100_000_000, 120, 300
EARLIEST, AHEAD = date(2000, 1, 1), timedelta(days=3_650)


@transaction.atomic
def make(application: Application, values: Mapping[str, Any], *, by: str) -> LicenceType:
    """`values` are any of name (needed), counted, role, bought and notes."""
    given = {"counted": LicenceType.SEATS, "role": "", **values}
    refuse(list(_wrong(application, given, None)))
    key = LicenceType.hand_key(given["counted"], given["name"], given["role"])
    there = LicenceType.objects.filter(application=application, key=key).first()
    if there is None:
        whole = {**given, "application": application, "key": key}
        made: LicenceType = trail.make(LICENCE, LicenceType, whole, by=by)
        return made
    if _was_entered(there):
        raise Conflict(f"{application} has the licence {there} for this already.", "same_licence")
    trail.change(LICENCE, there, given, by=by)
    there.refresh_from_db()
    return there


def _was_entered(row: LicenceType) -> bool:
    """Not merely found by a sync."""
    return row.prices.exists() or Edit.objects.filter(kind=LICENCE, object=row.pk).exists()


def edit(row: LicenceType, values: Mapping[str, Any], *, by: str) -> bool:
    """False where nothing differs from what is there."""
    given = {"name": row.name, "counted": row.counted, "role": row.role, **values}
    if row.is_by_hand:
        refuse(list(_wrong(row.application, given, row)))
    else:
        refuse([*_of_the_app(row, values), *_wrong_number(values)])
    return trail.change(LICENCE, row, values, by=by)


def _of_the_app(row: LicenceType, values: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in values:
        if name not in ANYWAY and getattr(row, name) != values[name]:
            yield FieldError(name, "The app says this; it is not entered by hand.")


@transaction.atomic
def remove(row: LicenceType, *, by: str) -> None:
    """With its prices."""
    if not row.is_by_hand and _is_read(row.application, row.key):
        raise Conflict(f"{row} is read from the app, so it cannot be removed by hand.", "is_read")
    if row.lines.exists():
        raise Conflict(f"{row} is a line of a contract; take it off there first.", "in_use")
    for price in row.prices.all():
        trail.remove(PRICE, price, by=by)
    trail.remove(LICENCE, row, by=by)


@transaction.atomic
def set_price(
    row: LicenceType, amount: Any, currency: str, months: Any, since: Any, *, by: str
) -> LicencePrice:
    """From that day on. A day that has a price already is given this one instead."""
    values = _price(amount, currency, months, since)
    there = row.prices.select_for_update().filter(since=values["since"]).first()
    if there is None:
        made: LicencePrice = trail.make(PRICE, LicencePrice, {"licence": row, **values}, by=by)
        return made
    trail.change(PRICE, there, values, by=by)
    there.refresh_from_db()
    return there


@transaction.atomic
def correct_price(price: LicencePrice, values: Mapping[str, Any], *, by: str) -> bool:
    """`values` are any of amount, currency, months and since."""
    now = {name: getattr(price, name) for name in ("amount", "currency", "months", "since")}
    given = _price(**{**now, **values})
    others = LicencePrice.objects.filter(licence=price.licence_id).exclude(pk=price.pk)
    if others.filter(since=given["since"]).exists():
        refuse(
            [FieldError("since", "There is a price from this day on already; correct that one.")]
        )
    return trail.change(PRICE, price, given, by=by)


def remove_price(price: LicencePrice, *, by: str) -> None:
    trail.remove(PRICE, price, by=by)


def edits_of(row: LicenceType) -> Any:
    """What was done to the licence and to its prices, those removed too, newest first."""
    prices = Edit.objects.filter(kind=PRICE)
    made = prices.filter(Q(after__licence=row.pk) | Q(before__licence=row.pk))
    of_prices = Q(kind=PRICE, object__in=list(made.values_list("object", flat=True)))
    return Edit.objects.filter(Q(kind=LICENCE, object=row.pk) | of_prices).order_by("-pk")


# What can be wrong


def _wrong(
    application: Application, given: Mapping[str, Any], row: LicenceType | None
) -> Iterator[FieldError]:
    if not str(given.get("name") or "").strip():
        yield FieldError("name", "Give the licence a name.")
    elif len(given["name"]) > LONGEST:
        yield FieldError("name", f"A name has at most {LONGEST} characters.")
    yield from _wrong_number(given)
    yield from _wrong_count(application, given, row)


def _wrong_number(given: Mapping[str, Any]) -> Iterator[FieldError]:
    bought = given.get("bought")
    if bought is not None and not 0 <= bought <= MOST_SEATS:
        yield FieldError("bought", f"Seats are a whole number up to {MOST_SEATS:,}.")


def _wrong_count(
    application: Application, given: Mapping[str, Any], row: LicenceType | None
) -> Iterator[FieldError]:
    counted, role = given["counted"], given["role"]
    if counted not in dict(LicenceType.COUNTED):
        yield FieldError("counted", "Say how its seats are counted.")
        return
    if counted == LicenceType.UNKNOWN:
        return
    if _is_read(application):
        yield FieldError("counted", f"{application} names its licences itself, so its accounts "
                         "are counted there. Choose that nobody can tell.")  # fmt: skip
    if counted == LicenceType.ROLE and not role.strip():
        yield FieldError("role", "Name the role whose accounts hold a seat.")
    others = LicenceType.objects.filter(
        application=application, key__startswith=LicenceType.BY_HAND, counted=counted
    ).exclude(pk=row.pk if row else None)
    if counted == LicenceType.ROLE and others.filter(role=role).exists():
        yield FieldError("role", "Another licence counts the accounts of this role.")
    if row and counted == LicenceType.SEATS and others.exists():
        yield FieldError("counted", "Another licence counts the accounts with a paid seat.")


def _is_read(application: Application, key: str = "") -> bool:
    rows = License.objects.present().filter(instance__application=application)
    return bool((rows.filter(external_id=key) if key else rows).exists())


def _price(amount: Any, currency: Any, months: Any, since: Any) -> dict[str, Any]:
    errors: list[FieldError] = []

    def taken(field: str, value: Any, said: str) -> Any:
        if value is None:
            errors.append(FieldError(field, said))
        return value

    code = str(currency or "").strip().upper()
    values = {
        "amount": taken("amount", _amount(amount), "Give an amount such as 12.50."),
        "currency": taken(
            "currency",
            code if is_currency(code) else None,
            "Give a currency by its code, such as EUR.",
        ),
        "months": taken("months", _months(months), "A price is for 1 to 120 months."),
        "since": taken("since", _day(since), "Give the day from which it holds, as 2026-11-01."),
    }
    refuse(errors)
    return values


def _amount(value: Any) -> Decimal | None:
    """Exact, and no finer than is kept."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= LARGEST:
        return None
    return number if number == round(number, MONEY_PLACES) else None


def _months(value: Any) -> int | None:
    text = str(value).strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return number if 1 <= number <= MOST_MONTHS else None


def _day(value: Any) -> date | None:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        return None
    return day if EARLIEST <= day <= timezone.now().date() + AHEAD else None
