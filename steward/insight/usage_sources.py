"""Who says when somebody was active: what "active" means there, of which days it tells, and what
is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from steward.insight.provenance import Provenance, provenance
from steward.insight.usage import Scope
from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.books import closed_untold
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Book, Instance
from steward.inventory.usage import DIRECT, EVERYWHERE, NOBODY, SIGN_INS, UseDue, UseTold
from steward.sdk.catalogue import integrations


def told(application: int) -> UseTold | None:
    row: UseTold | None = UseTold.objects.filter(pk=application).first()
    return row


def active_means(application: Application) -> str:
    """What counts as activity, in a sentence for the page."""
    source = getattr(told(application.pk), "source", NOBODY)
    if source == DIRECT:
        connector = integrations().get(_integration(application))
        return connector.active_means.rstrip(".") if connector else "What the application says"
    names = ", ".join(i.name for i in instances(application.pk, source)) or "others"
    if source == SIGN_INS:
        return f"A sign-in to it that {names} saw, or else the use of what people let it do"
    if source:
        return f"The use of what people let it do, as {names} says"
    return ""


def _integration(application: Application) -> str:
    rows = Instance.objects.present().filter(application=application)
    return application.integration or rows.values_list("integration", flat=True).first() or ""


def instances(application: int, source: str) -> Any:
    rows = Instance.objects.present().order_by("name")
    if source == DIRECT:
        return rows.filter(application=application)
    seen = SeenApp.objects.present().filter(application=application)
    shows = Q(book__in=seen.values("instance")) | Q(application=application)
    return rows.filter(shows)


def provenance_of(scope: Scope) -> Provenance:
    streams = ("accounts", "activity", "apps", "grants")
    if not scope.application:
        theirs = _of_person(scope.person) if scope.person else None
        return provenance(streams, theirs, also=_missing_everywhere(scope))
    row = told(scope.application)
    source = row.source if row else NOBODY
    only = instances(scope.application, source).values_list("pk", flat=True)
    needed = ("accounts", "activity") if source == DIRECT else streams
    return provenance(needed, list(only), also=[*_missing(scope, row), *_behind()])


def _of_person(person: int) -> list[int]:
    accounts = Account.objects.present().filter(person=person)
    return list(accounts.values_list("instance__pk", flat=True).distinct())


def _missing(scope: Scope, row: UseTold | None) -> Iterable[str]:
    if row is None:
        yield "Usage has not been counted yet."
    elif not row.source:
        yield "Nobody tells when its users are active."
    elif row.since is None:
        yield "Only the last use is known, not the days before it."
    elif row.since > scope.period.first:
        yield f"Every day is known since {row.since:%-d %B %Y}; days before count where they are."


def _missing_everywhere(scope: Scope) -> Iterable[str]:
    rows = UseTold.objects.exclude(pk=EVERYWHERE)
    silent = rows.filter(source=NOBODY, users__gt=0).count()
    if silent:
        yield f"Of {silent} application{'s' if silent > 1 else ''} nobody tells who is active."
    row = told(EVERYWHERE)
    if row and row.since and row.since > scope.period.first:
        yield f"Most applications tell of days since {row.since:%-d %B %Y}."
    yield from _behind()


def _behind() -> Iterable[str]:
    """Between a change and its telling."""
    fresh = UseDue.objects.filter(book=OuterRef("pk"), told_at__gte=OuterRef("told_at"))
    books = Book.objects.filter(closed_at=None, told_at__isnull=False)
    if closed_untold().exists() or books.filter(~Exists(fresh)).exists():
        yield "Some of it is being counted anew."
