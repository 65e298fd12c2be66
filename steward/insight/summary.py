"""The few figures that Home and the terminal begin with; each opens to the report behind it."""

from __future__ import annotations

from dataclasses import dataclass

from steward.insight import reports
from steward.insight.applications import applications
from steward.insight.listings import ACCOUNTS
from steward.insight.people import known_people
from steward.inventory.instance import Instance


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
        accounts=ACCOUNTS.run().total,
        people=known_people().count(),
        applications=applications().count(),
        unused_seats=_rows("paid-seats-unused"),
        leavers_accounts=_rows("leavers-with-live-accounts"),
        orphans=_rows("orphan-accounts"),
    )


def _rows(slug: str) -> int:
    report = reports.report(slug)
    return report.run().total if report else 0
