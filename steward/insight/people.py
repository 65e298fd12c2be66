"""People: one row a human, with what they have and where they were last active."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from steward.insight.facts import Facts, moment_text
from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.person import Person


def present_accounts() -> Any:
    return Account.objects.present().exclude(status=Account.REMOVED)


def people() -> Any:
    """Everybody with an account that a person may see, removed ones included: who has left is
    still somebody. `leaver` says that the directory has let them go and something still works."""
    mine = Account.objects.present().filter(person=OuterRef("pk"))
    current = mine.exclude(status=Account.REMOVED)
    known = mine.filter(directory.deciding())
    here = Q(status=Account.ACTIVE) | Q(attributes__suspended=True, removed_at=None)
    live = mine.filter(status=Account.ACTIVE)
    latest = current.filter(last_active_at__isnull=False).order_by("-last_active_at")
    return (
        Person.objects.filter(Exists(mine))
        .annotate(
            holds=Coalesce(_count(current), 0),
            works=Coalesce(_count(live), 0),
            last_active=Subquery(latest.values("last_active_at")[:1]),
            last_in=Subquery(latest.values("instance__name")[:1]),
            has_left=Q(Exists(known)) & ~Q(Exists(known.filter(here))),
        )
        .annotate(leaver=Case(When(has_left=True, works__gt=0, then=True), default=False))
    )


def _count(accounts: Any) -> Subquery:
    counted = accounts.order_by().values("person").annotate(count=Count("pk"))
    return Subquery(counted.values("count"))


def facts_of(person: Any) -> Facts:
    """Of a row of `people()`."""
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "attributes": person.attributes,
        "manager": person.manager_id,
        "accounts": person.holds,
        "last_active_at": moment_text(person.last_active),
        "last_active_in": person.last_in,
        "has_left": person.has_left,
        "leaver": person.leaver,
    }
