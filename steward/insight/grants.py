"""Third-party access: which app may do what with whose data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from steward.insight.access_filters import word
from steward.insight.facts import Facts, moment_text
from steward.inventory.account import Account, ActiveDays, last_day
from steward.inventory.holdings import Grant
from steward.inventory.instance import SIGNED_IN
from steward.sdk.catalogue import integrations
from steward.sdk.scopes import ForAll


def grants(as_of: date | None = None) -> Any:
    """Those that hold now, or held at the end of that day, with the account that consented."""
    consenting = Account.objects.filter(
        instance=OuterRef("instance"), external_id=OuterRef("granted_by")
    )
    rows = Grant.objects.at(as_of).select_related("instance", "account__person", "app__application")
    return rows.annotate(
        by_account=Subquery(consenting.values("pk")[:1]),
        by_name=Subquery(consenting.values("name")[:1]),
    )


def with_days(rows: Iterable[Any]) -> list[Any]:
    """Those whose last use the app does not tell get the last day on which the account was active
    in the app, as far back as sign-ins count."""
    found = list(rows)
    since = (timezone.now() - SIGNED_IN).date().replace(day=1)
    days = ActiveDays.objects.filter(
        account__in={row.account_id for row in found if row.account_id},
        app__in={row.app_id for row in found},
        month__gte=since,
    )
    last: dict[tuple[int, int], datetime] = {}
    for account, app, month, bits in days.order_by("month").values_list(
        "account", "app", "month", "days"
    ):
        last[account, app] = last_day(month, bits)
    for row in found:
        row.last_used_at = row.last_used_at or last.get((row.account_id, row.app_id))
    return found


def how_for_all(row: Any) -> ForAll:
    """How a grant without an account came about, in the words of its integration."""
    connector = integrations().get(row.instance.integration)
    return connector.for_all if connector else ForAll()


def lean(rows: Any) -> Any:
    """With what `facts_of` tells and no more: of a thousand grants the rest takes most of the
    time."""
    return rows.select_related(None).select_related("instance", "account", "app").only(*_TOLD)


_TOLD = (
    *(f.name for f in Grant._meta.concrete_fields),
    "instance__integration",
    *(f"app__{name}" for name in ("name", "publisher", "verified", "application")),
    *(f"account__{name}" for name in ("name", "email", "username", "external_id", "person")),
)


def facts_of(rows: Iterable[Any]) -> Iterator[Facts]:
    """Of rows of `grants()`. `account` is None where everybody's data is open to the app."""
    for row in rows:
        yield {
            "id": row.pk,
            "instance": row.instance.pk,
            "application": row.app.application_id,
            "app": row.app.name,
            "publisher": row.app.publisher or None,
            "verified": row.app.verified,
            "account": row.account_id,
            "account_name": str(row.account) if row.account else None,
            "person": row.account.person_id if row.account else None,
            "scopes": row.scopes,
            "risk": word(row.level),
            "since": moment_text(row.since),
            "granted_at": moment_text(row.granted_at),
            "last_used_at": moment_text(row.last_used_at),
            "appeared_at": moment_text(row.appeared_at),
            "granted_by": row.granted_by or None,
            "granted_by_account": row.by_account,
            "how": None if row.account else how_for_all(row).sentence,
        }
