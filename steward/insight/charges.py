"""Charges, as pages and the API show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from steward.insight.facts import moment_text
from steward.insight.memory import remembered
from steward.insight.reports.charges import charges
from steward.insight.reports.question import Question
from steward.insight.traces import Minds
from steward.inventory import money
from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.duplicates import DAYS_APART_BY_ID
from steward.inventory.instance import Instance

ALIKE = 10


@dataclass(frozen=True)
class Sums:
    """Of the charges of a list, in the company's currency; `unconverted` are in no sum."""

    told: Decimal
    unconverted: int


def sums(question: Question) -> Sums:
    asked = tuple(sorted(question.filters.items()))
    found: Sums = remembered(
        ("sums of charges", asked, Company.get().currency), lambda: _sums(question), Minds.FIGURES
    )
    return found


def _sums(question: Question) -> Sums:
    unconverted = Count("pk", filter=Q(told=None))
    found = charges(question).aggregate(total=Sum("told"), unconverted=unconverted)
    return Sums(found["total"] or Decimal(), found["unconverted"])


def source_of(charge: Charge) -> str:
    """The instance or file that told of it."""
    if charge.entered:
        return str(charge.entered.file_name)
    names = Instance.objects.present().filter(book=charge.book).values_list("name", flat=True)
    return names.first() or ""


def duplicates() -> Any:
    rows = Charge.objects.present().filter(duplicate_of__isnull=False)
    return rows.select_related("duplicate_of__entered", "entered").order_by("-day", "-pk")


def alike(charge: Charge) -> Any:
    """Others of the same amount about these days, which might be the same payment."""
    apart = timedelta(days=DAYS_APART_BY_ID)
    span = (charge.day - apart, charge.day + apart)
    rows = Charge.objects.counted().filter(
        amount=charge.amount, currency=charge.currency, day__range=span
    )
    return rows.exclude(pk=charge.pk).select_related("entered").order_by("day")[:ALIKE]


def application_names() -> Sequence[str]:
    rows = Application.objects.filter(merged_into=None).order_by("name")
    return list(rows.values_list("name", flat=True))


def unmatched_vendors(text: str = "") -> Any:
    """By vendor: how it is written, what was paid, how often and when last. The dearest first."""
    rows = Charge.objects.counted().filter(application=None, matched=Charge.NOTHING, is_saas=True)
    if text:
        rows = rows.filter(vendor__icontains=text)
    grouped = rows.order_by().values("vendor_key")
    told = grouped.annotate(
        name=Min("vendor"), paid=Sum("told"), payments=Count("pk"), last_paid=Max("day")
    )
    return told.order_by(F("paid").desc(nulls_last=True), "vendor_key")


def of_charges(rows: Iterable[Charge]) -> Iterable[dict[str, Any]]:
    rows = list(rows)
    books = {row.book for row in rows if row.book}
    instances = dict(Instance.objects.present().filter(book__in=books).values_list("book", "pk"))
    currency = Company.get().currency
    return [_facts(row, instances, currency) for row in rows]


def of_charge(charge: Charge) -> dict[str, Any]:
    return next(iter(of_charges([charge])))


def _facts(charge: Charge, instances: Mapping[int, int], currency: str) -> dict[str, Any]:
    told = charge.told
    return {
        "id": charge.pk,
        "day": charge.day,
        "amount": money.plain(charge.amount, charge.currency),
        "currency": charge.currency,
        "converted": None if told is None else money.plain(told, currency),
        "converted_currency": currency,
        "rate": f"{charge.told_rate.normalize():f}" if charge.told_rate is not None else None,
        "rate_day": charge.told_day,
        "vendor": charge.vendor,
        "vendor_key": charge.vendor_key,
        "description": charge.description,
        "external_id": charge.external_id,
        "application": charge.application_id,
        "matched": charge.matched or None,
        "software": charge.is_saas,
        "person": charge.person_id,
        "department": charge.department,
        "instance": instances.get(charge.book) if charge.book else None,
        "import": charge.entered_id,
        "duplicate_of": charge.duplicate_of_id,
    }


def of_rate(rate: ExchangeRate) -> dict[str, Any]:
    return {
        "id": rate.pk,
        "base": rate.base,
        "quote": rate.quote,
        "day": rate.day,
        "rate": f"{rate.rate.normalize():f}",
        "source": rate.source,
    }


def of_rule(rule: VendorRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "vendor": rule.pattern,
        "prefix": rule.is_prefix,
        "application": rule.application_id,
        "software": rule.application_id is not None,
        "by": rule.by,
        "at": moment_text(rule.at),
    }


def of_company(company: Company) -> dict[str, Any]:
    return {"currency": company.currency, "readers_see_money": company.readers_see_money}
