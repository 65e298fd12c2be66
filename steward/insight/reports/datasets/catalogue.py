"""The datasets. Each list that is a report of its own can be made something of as well."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from steward.insight.descriptions import grouped_by
from steward.insight.reports import (
    access,
    activity,
    charges,
    contracts,
    freshness,
    licence_seats,
    licences,
    listed_applications,
    listings,
    moments,
)
from steward.insight.reports.core import Report
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.question import Column


def _person(*names: tuple[str, str], person: str = "person__") -> list[tuple[Column, object]]:
    """What directories say of the person of a row."""
    return [(Column(f"person_{n}", label), grouped_by(n, person)) for n, label in names]


_DEPARTMENT = ("department", "Department")
_WHO = (_DEPARTMENT, ("title", "Title"), ("location", "Location"))

DATASETS = (
    Dataset(
        "people",
        "People",
        "A row a human, with what directories say of them and how many accounts they have.",
        lambda: listings.PEOPLE,
        period="last_active",
        more=_person(
            ("cost_centre", "Cost centre"),
            ("start_date", "First day"),
            ("end_date", "Last day"),
            person="",
        ),
        ready={
            "holds": "told_present",
            "works": "told_live",
            "last_active": "told_last_active",
            "leaver": "told_leaver",
        },
    ),
    Dataset(
        "accounts",
        "Accounts",
        "A row an account in a connected application, with the person behind it.",
        lambda: listings.ACCOUNTS,
        period="active_at",
        more=[
            (
                Column("application", "Application", link="application", link_by="application_id_"),
                F("instance__application__name"),
            ),
            (
                Column("application_id_", "Application number", "id", hidden=True),
                F("instance__application"),
            ),
            *_person(*_WHO),
            (Column("created_at_", "Made in the app", "moment"), F("created_at")),
        ],
        first=("name", "email", "app", "person_name", "status", "role", "active_at"),
    ),
    Dataset(
        "applications",
        "Applications",
        "A row an application, connected or seen by others, with its users and owners.",
        listed_applications.report,
    ),
    Dataset(
        "licences",
        "Licences",
        "A row a kind of paid seat: how many were bought, are assigned and used, and their cost.",
        lambda: licences.REPORT,
    ),
    Dataset(
        "seats",
        "Seats of licences",
        "A row a paid seat: who holds it, when it was used last, and whether to keep it.",
        lambda: licence_seats.REPORT,
        period="used_at",
        more=[(Column("state_", "State"), F("state"))],
    ),
    Dataset(
        "contracts",
        "Contracts",
        "A row a contract: with whom, for how long, and when somebody must decide.",
        lambda: contracts.REPORT,
        period="renews_on",
    ),
    Dataset(
        "charges",
        "Charges",
        "A row a payment, in its own currency and in the company's.",
        lambda: charges.REPORT,
    ),
    Dataset(
        "activity",
        "Activity",
        "A row a human and application: on how many days of the period they were active in it.",
        lambda: activity.ACTIVITY,
        more=_person(("cost_centre", "Cost centre")),
    ),
    Dataset(
        "grants",
        "Third-party access",
        "A row a grant: which app was let in to whose data, what it may do, and its risk.",
        lambda: access.REPORT,
        period="since",
        more=_person(*_WHO, person="account__person__"),
    ),
    Dataset(
        "instances",
        "Instances",
        "A row an instance: its state, and how old its data is.",
        lambda: freshness.REPORT,
        period="last_synced_at",
    ),
    Dataset(
        "moments",
        "Moments of instances",
        "A row a thing that happened to an instance.",
        lambda: moments.INSTANCES,
        period="at",
    ),
    Dataset(
        "edits",
        "Changes by people",
        "A row a thing that somebody has entered, changed or taken away.",
        lambda: moments.EDITS,
        period="at",
    ),
)


def datasets() -> Sequence[Dataset]:
    return DATASETS


def of_report(report: Report) -> Dataset:
    """A built-in report, as what another one is made of."""
    return Dataset(report.slug, report.title, report.description, lambda: report, is_built_in=True)
