"""Applications: connected ones and those only seen through sign-on, with who uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward.insight.facts import Facts
from steward.inventory.account import Account, ActiveDays
from steward.inventory.application import Application
from steward.inventory.holdings import Assignment, SeenApp
from steward.inventory.instance import Instance

ACTIVE_DAYS = 30


def applications() -> Any:
    """Those that a present instance is of, or shows. A connected application counts its own
    accounts; the others count who was assigned to them, and who signed on as active."""
    own = Account.objects.present().filter(instance__application=OuterRef("pk"))
    own = own.exclude(status=Account.REMOVED)
    active_since = timezone.now() - timedelta(days=ACTIVE_DAYS)
    assigned = Assignment.objects.present().filter(app__application=OuterRef("pk"))
    return (
        Application.objects.annotate(
            connected=Exists(_instances()),
            seen_in_sso=Exists(SeenApp.objects.present().filter(application=OuterRef("pk"))),
            own_users=_count(own.filter(status=Account.ACTIVE), "instance__application"),
            own_active=_count(
                own.filter(last_active_at__gte=active_since), "instance__application"
            ),
            seats=_count(own.filter(holds_seat=True), "instance__application"),
            tells_activity=Exists(own.filter(last_active_at__isnull=False)),
            tells_seats=Exists(own.filter(holds_seat__isnull=False)),
            assigned=_count(assigned, "app__application", "account"),
            signed_on=_signed_on(active_since),
        )
        .filter(Q(connected=True) | Q(seen_in_sso=True))
        .order_by("name")
    )


def _instances() -> Any:
    return Instance.objects.present().filter(application=OuterRef("pk"))


def _count(rows: Any, by: str, what: str = "pk") -> Coalesce:
    counted = rows.order_by().values(by).annotate(count=Count(what, distinct=what != "pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def _signed_on(since: Any) -> Coalesce:
    """Accounts that signed on since. A number of bits is at least 2ⁿ where bit n or a later one
    is set."""
    seen = SeenApp.objects.present().filter(application=OuterRef(OuterRef("pk")))
    first = since.date().replace(day=1)
    in_period = Q(month__gt=first) | Q(month=first, days__gte=1 << (since.day - 1))
    days = ActiveDays.objects.filter(in_period, app__in=seen.values("pk"))
    counted = days.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(
        Subquery(counted.annotate(count=Count("account", distinct=True)).values("count")), 0
    )


def facts_of(application: Any) -> Facts:
    """Of a row of `applications()`. None where nobody can tell."""
    connected = application.connected
    return {
        "id": application.pk,
        "name": application.name,
        "integration": application.integration,
        "category": application.category,
        "owner": application.owner,
        "status": application.status,
        "connected": connected,
        "users": application.own_users if connected else application.assigned,
        "active_users": active_users(application),
        "seats": application.seats if application.tells_seats else None,
    }


def active_users(application: Any) -> int | None:
    if application.connected and application.tells_activity:
        return int(application.own_active)
    return int(application.signed_on) if application.seen_in_sso else None


def recommended() -> Any:
    """Applications that could be connected and are not, those with the most users first."""
    rows = applications().filter(connected=False).exclude(integration="")
    return rows.order_by("-assigned", "name")
