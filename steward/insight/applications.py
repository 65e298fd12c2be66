"""Applications: connected ones and those that others show, with who uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward.insight import live, record, uses
from steward.insight.facts import Facts
from steward.inventory.application import Application
from steward.inventory.books import closed_untold
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import RECENT, Book, Instance

FEW = 20


def applications() -> Any:
    """Those that a present instance is of, or shows, or that somebody has entered. A connected
    application counts its own accounts; where several instances are of it, or something else was
    merged into it, humans instead, each once. The others count the humans who were given them, let
    them in or signed in to them (see `insight.uses`). All as it was told when accounts changed last
    (see `sync.tallies`)."""
    anew = _told_wrongly()
    several = live.several_told_wrongly()
    active_since = timezone.now() - RECENT
    return (
        Application.objects.filter(merged_into=None)
        .select_related("business_owner", "technical_owner")
        .annotate(
            connected=Exists(_instances()),
            seen_in_sso=Exists(SeenApp.objects.present().filter(application=OuterRef("pk"))),
            own_rows=_sum("present"),
            own_users=_own("told_humans", several, 0, "live"),
            own_users_told=_own("told_humans", {}, 0, "live"),
            own_active=_own("told_humans_active", several, 1, "recent"),
            seats=_sum("seats"),
            tells_activity=Exists(_books().filter(tells_activity=True)),
            tells_seats=Exists(_books().filter(tells_seats=True)),
            assigned=_told("told_users", anew, uses.users()),
            signed_on=_told("told_active", anew, uses.active_users(active_since)),
            **uses.sources(),
        )
        .filter(uses.KNOWN)
        .order_by("name")
    )


def _own(told: str, several: dict[int, tuple[int, int]], place: int, summed: str) -> Any:
    anew = [When(pk=pk, then=Value(counts[place])) for pk, counts in several.items()]
    known = Coalesce(F(told), _sum(summed), output_field=IntegerField())
    return Case(*anew, default=known, output_field=IntegerField()) if anew else known


def _told_wrongly() -> list[int]:
    """Those that are counted while the page is made; of many that would take longer than telling
    them, and `still_counted` says so."""
    found = _of_closed()
    return found if len(found) <= FEW else []


def still_counted() -> tuple[str, ...]:
    """What is not right yet for some moments."""
    count = len(_of_closed())
    apps = "application" if count == 1 else "applications"
    said = f"What was just deleted still counts among the users of {count} {apps}."
    return (said,) if count > FEW else ()


def _of_closed() -> list[int]:
    """Those that a book has shown which was closed a moment ago."""
    shown = SeenApp.objects.filter(instance__in=closed_untold().values("pk"), application__gt=0)
    return list(shown.order_by().values_list("application", flat=True).distinct())


def _told(field: str, anew: list[int], counted: Any) -> Any:
    if not anew:
        return F(field)
    return Case(When(pk__in=anew, then=counted), default=F(field), output_field=IntegerField())


def _instances() -> Any:
    return Instance.objects.present().filter(application=OuterRef("pk"))


def _books() -> Any:
    mine = Instance.objects.present().filter(application=OuterRef(OuterRef("pk")))
    return Book.objects.filter(pk__in=mine.values("book"))


def _sum(of: str) -> Coalesce:
    summed = _books().order_by().annotate(one=Value(1)).values("one").annotate(sum=Sum(of))
    return Coalesce(Subquery(summed.values("sum")), 0)


def facts_of_all(applications: Iterable[Any]) -> list[Facts]:
    """Of rows of `applications()`. None where nobody can tell."""
    rows = list(applications)
    entered = record.facts_of_all(rows)
    return [_facts_of(row, said) for row, said in zip(rows, entered, strict=True)]


def facts_of(application: Any) -> Facts:
    return facts_of_all([application])[0]


def _facts_of(application: Any, entered: Facts) -> Facts:
    connected = application.connected
    return {
        "id": application.pk,
        "name": application.name,
        "integration": application.integration,
        **entered,
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
    return rows.order_by("-told_users", "name")
