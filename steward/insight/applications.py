"""Applications: connected ones and those that others show, with who uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward.insight import uses
from steward.insight.facts import Facts
from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance

ACTIVE_DAYS = 30


def applications() -> Any:
    """Those that a present instance is of, or shows. A connected application counts its own
    accounts; the others count the humans who were given them, let them in or signed in to them
    (see `insight.uses`)."""
    own = Account.objects.present().filter(instance__application=OuterRef("pk"))
    own = own.exclude(status=Account.REMOVED)
    active_since = timezone.now() - timedelta(days=ACTIVE_DAYS)
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
            assigned=uses.users(),
            signed_on=uses.active_users(active_since),
            **uses.sources(),
        )
        .filter(Q(connected=True) | Q(seen_in_sso=True))
        .order_by("name")
    )


def _instances() -> Any:
    return Instance.objects.present().filter(application=OuterRef("pk"))


def _count(rows: Any, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


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
        "sources": uses.sources_of(application),
        "publisher": application.publisher or None,
        "verified": application.verified,
        "users": application.own_users if connected else uses.users_of(application),
        "active_users": active_users(application),
        "seats": application.seats if application.tells_seats else None,
    }


def active_users(application: Any) -> int | None:
    if application.connected and application.tells_activity:
        return int(application.own_active)
    return int(application.signed_on) if uses.tells_use(application) else None


def recommended() -> Any:
    """Applications that could be connected and are not, those with the most users first."""
    rows = applications().filter(connected=False).exclude(integration="")
    return rows.order_by("-assigned", "name")
