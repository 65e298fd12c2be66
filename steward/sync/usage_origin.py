"""Who tells of the use of an application, and of which days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q

from steward.inventory.account import Account
from steward.inventory.holdings import Grant, SeenApp
from steward.inventory.instance import Book, Instance, StreamState
from steward.inventory.usage import DIRECT, EVERYWHERE, GRANTS, NOBODY, SIGN_INS, UseTold
from steward.sync.usage_span import told_from
from steward.sync.writers.usage import Origin

MOST = 0.8


@dataclass(frozen=True)
class Known:
    """The days of which somebody tells who was active; None where nobody tells of days."""

    source: str
    since: date | None = None
    until: date | None = None


def application_origin(application: int) -> Origin:
    """The application's own word counts most, then sign-ins to it, then the use of grants."""
    books = tuple(_own(application).values_list("book", flat=True))
    telling = Book.objects.filter(pk__in=books, tells_activity=True)
    told_by = tuple(telling.values_list("pk", flat=True))
    seen = SeenApp.objects.present().filter(application=application)
    apps = tuple(seen.values_list("pk", flat=True))
    source = DIRECT if told_by else _of_others(seen) if apps else NOBODY
    return Origin(application, source, books, told_by, apps)


def _own(application: int) -> Any:
    return Instance.objects.present().filter(application=application)


def _of_others(seen: Any) -> str:
    would_tell = Exists(_sign_in_streams().filter(instance__book=OuterRef("instance")))
    if seen.filter(Q(in_activity__isnull=False) | Q(told_sign_ins=True) | would_tell).exists():
        return SIGN_INS
    used = Grant.objects.present().filter(app__in=seen.values("pk"), last_used_at__isnull=False)
    return GRANTS if used.exists() else NOBODY


def _sign_in_streams() -> Any:
    """Of instances that tell of sign-ins to other applications, and have told of some."""
    telling = SeenApp.objects.held().filter(
        Q(in_activity__isnull=False) | Q(told_sign_ins=True), instance=OuterRef("instance__book")
    )
    return StreamState.objects.filter(Exists(telling), name="activity", state=StreamState.OK)


@dataclass(frozen=True)
class Span:
    """Of one that tells: the first day it tells of, the last, and of how many it does."""

    since: date
    until: date
    users: int


class Beginnings:
    """From which day on each book tells. Many applications may ask for the same ones."""

    def __init__(self) -> None:
        self._told, self._read = cache(told_from), cache(_first_read)

    def of(self, book: int, tells_days: bool, of_apps: bool) -> date | None:
        return (self._told(book, of_apps) if tells_days else None) or self._read(book)


def known_days(origin: Origin | None, today: date, begins: Beginnings | None = None) -> Known:
    """Of all applications together, where none is given."""
    source = origin.source if origin else DIRECT
    spans = list(_spans(origin, begins or Beginnings()) if origin else _spans_of_all())
    if not spans:
        return Known(source)
    return Known(source, _begin(spans), min(max(span.until for span in spans), today))


def _begin(spans: list[Span]) -> date:
    """Where several tell, the day from which nearly all is told: what the first ones say alone
    would look like growth when the others join."""
    needed, told = MOST * sum(span.users for span in spans), 0
    for span in sorted(spans, key=lambda span: span.since):
        told += span.users
        if told >= needed:
            break
    return span.since


def _spans_of_all() -> Iterable[Span]:
    rows = UseTold.objects.exclude(application=EVERYWHERE).exclude(since=None).exclude(until=None)
    return [Span(told.since, told.until, told.users) for told in rows]


def _spans(origin: Origin, begins: Beginnings) -> Iterable[Span]:
    books: Any = origin.telling
    if origin.source == SIGN_INS:
        books = SeenApp.objects.filter(pk__in=origin.apps).values("instance")
    elif origin.source != DIRECT:
        return
    for instance in Instance.objects.filter(book__in=books):
        book = Book.objects.get(pk=instance.book)
        stream = instance.streams.filter(name="activity", state=StreamState.OK).first()
        if stream is None and origin.source == SIGN_INS:
            continue
        first = begins.of(book.pk, stream is not None, origin.source == SIGN_INS)
        last = stream.last_ok_at if stream else instance.last_synced_at
        if first:
            yield Span(first, (last or instance.created_at).date(), max(book.present, 1))


def _first_read(book: int) -> date | None:
    """An app that tells no days, but when somebody was active last, tells of each day on which
    it is read from then on."""
    first = Account.objects.filter(instance=book).aggregate(first=Min("first_seen_at"))["first"]
    return first.date() if first else None
