"""The few figures that Home and the terminal begin with; each opens to the report behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from steward.insight import reports
from steward.insight.applications import applications
from steward.insight.people import how_many
from steward.inventory.account import Account
from steward.inventory.instance import Book, Instance


@dataclass(frozen=True)
class Summary:
    instances: int
    accounts: int
    people: int
    applications: int
    unused_seats: int
    leavers_accounts: int
    orphans: int


def summary() -> Summary:
    return Summary(
        instances=Instance.objects.present().count(),
        accounts=_accounts(),
        people=how_many(),
        applications=applications().count(),
        unused_seats=_rows("paid-seats-unused"),
        leavers_accounts=_rows("leavers-with-live-accounts"),
        orphans=_rows("orphan-accounts"),
    )


def _accounts() -> int:
    """As told of each book, and counted of those that are being read."""
    books = Book.objects.filter(pk__in=Instance.objects.present().values("book"))
    told = books.filter(untold=False).aggregate(sum=Sum("present"))["sum"] or 0
    untold = books.filter(untold=True).values("pk")
    rows = Account.objects.filter(instance__in=untold).exclude(status=Account.REMOVED)
    return int(told) + (int(rows.count()) if untold.exists() else 0)


def _rows(slug: str) -> int:
    report = reports.report(slug)
    return report.run().total if report else 0
