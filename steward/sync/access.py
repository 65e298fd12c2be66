"""Telling anew what third-party apps may do, when the grants of a book have been read.

Each grant is given its level and the time at which it appeared, and from these everything else
is counted: by application with its scopes, and by person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Max, Min, Q, When
from django.utils import timezone

from steward.inventory.access import ApplicationAccess, ScopeAccess
from steward.inventory.account import ActiveDays, last_day
from steward.inventory.holdings import HELD, Grant, SeenApp
from steward.inventory.instance import SIGNED_IN, Instance
from steward.inventory.run import Run
from steward.sdk.catalogue import scopes_known_by
from steward.sdk.scopes import HIGH, NOT_KNOWN, RISKS, Knowledge, for_all
from steward.sync.writers import access as writer
from steward.sync.writers.sql import chunks

_IS_ALL = Case(When(account=None, then=True), default=False, output_field=BooleanField())


def level_of(scopes: Iterable[str], knowledge: Knowledge, is_all: bool) -> int:
    level = max(map(knowledge.level, scopes), default=NOT_KNOWN)
    return for_all(level) if is_all else level


def rate(book: int, between: Callable[[], Any]) -> None:
    """Every grant of the book that holds."""
    integration = Instance.objects.filter(book=book).values_list("integration", flat=True).first()
    knowledge = scopes_known_by(integration or "")
    held = Grant.objects.filter(HELD, instance=book)
    if not held.exists():
        return
    kinds = held.order_by().annotate(is_all=_IS_ALL)
    for app, scopes, is_all, level in kinds.values_list(
        "app", "scopes", "is_all", "level"
    ).distinct():
        right = level_of(scopes, knowledge, is_all)
        if level != right:
            same = held.filter(app=app, scopes=scopes, account__isnull=is_all)
            same.exclude(level=right).update(level=right)
            between()
    _date(book)


def _date(book: int) -> None:
    """What the first whole reading showed was there before, and only the app can date it."""
    read = Run.objects.filter(book=book, state=Run.SUCCEEDED).order_by("pk").first()
    undated = Grant.objects.filter(HELD, instance=book, appeared_at=None)
    undated.exclude(granted_at=None).update(appeared_at=F("granted_at"))
    if read is not None and read.finished_at is not None:
        undated.filter(since__gt=read.finished_at).update(appeared_at=F("since"))


def tell_people_of(book: int, parts: Iterable[range], between: Callable[[], Any]) -> None:
    if Grant.objects.filter(instance=book).exists():
        for part in parts:
            writer.tell_part(book, part)
            between()


def tell_applications(ids: Sequence[int]) -> None:
    """At most a chunk of them, in the transaction under way."""
    granted = Grant.objects.present().filter(app__application__in=ids).exists()
    facts = _counted(ids) if granted else {}
    held = _scopes_of(ids) if granted else {}
    ScopeAccess.objects.filter(application__in=ids).delete()
    ScopeAccess.objects.bulk_create([row for rows in held.values() for row, _ in rows])
    ApplicationAccess.objects.filter(application__in=[i for i in ids if i not in facts]).delete()
    made = [_access(facts[number], held[number]) for number in sorted(facts)]
    ApplicationAccess.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["application"], update_fields=_FIELDS
    )


_FIELDS = [f.name for f in ApplicationAccess._meta.concrete_fields if not f.primary_key]


def _counted(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    risky = Q(level__gte=HIGH)
    rows = Grant.objects.present().filter(app__application__in=ids).order_by()
    found = rows.values("app__application").annotate(
        gravest=Max("level"),
        accounts=Count("account", distinct=True),
        people=Count("account__person", distinct=True),
        all=Count("pk", filter=Q(account=None)),
        grants=Count("pk"),
        dated=Count("appeared_at"),
        risky=Count("pk", filter=risky),
        risky_dated=Count("appeared_at", filter=risky),
        first=Min("appeared_at"),
        risky_first=Min("appeared_at", filter=risky),
        newest_at=Max("appeared_at"),
        last_used_at=Max("last_used_at"),
    )
    facts = {row["app__application"]: row for row in found}
    levels = rows.values_list("app__application", "level").annotate(count=Count("pk"))
    for application, level, count in levels:
        by_level = facts[application].setdefault("by_level", [0] * (len(RISKS) + 1))
        by_level[level or NOT_KNOWN] += count
    shown = SeenApp.objects.present().filter(application__in=list(facts), in_grants__isnull=False)
    for app in shown.order_by("pk"):
        fact = facts[app.application_id]
        fact["publisher"] = fact.get("publisher") or app.publisher
        # One that is not verified anywhere is not verified.
        if app.verified is not None:
            fact["verified"] = app.verified and fact.get("verified") is not False
    _see_use(facts)
    return facts


def _see_use(facts: Mapping[int, dict[str, Any]]) -> None:
    """Where an app says of no grant when it was used, people may have been seen in it."""
    shown = SeenApp.objects.present().filter(application__in=list(facts))
    apps = dict(shown.values_list("pk", "application"))
    since = (timezone.now() - SIGNED_IN).date().replace(day=1)
    days = ActiveDays.objects.filter(app__in=list(apps), month__gte=since).exclude(app=0)
    latest = days.order_by().values_list("app", "month").annotate(bits=Max("days"))
    for app, month, bits in latest:
        fact = facts[apps[app]]
        seen = last_day(month, bits)
        fact["last_used_at"] = max(fact["last_used_at"] or seen, seen)


def _scopes_of(ids: Sequence[int]) -> Mapping[int, list[tuple[ScopeAccess, str]]]:
    """With the integration in which each is held."""
    rows = Grant.objects.present().filter(app__application__in=ids).annotate(is_all=_IS_ALL)
    kinds = rows.order_by().values_list(
        "app__application", "instance", "instance__integration", "scopes", "is_all"
    )
    held: dict[tuple[int, int, str, str], ScopeAccess] = {}
    for application, book, integration, scopes, is_all, count in kinds.annotate(n=Count("pk")):
        knowledge = scopes_known_by(integration)
        for scope in scopes or [""]:
            key = (application, book, integration, scope)
            row = held.setdefault(
                key, ScopeAccess(application_id=application, book=book, scope=scope)
            )
            row.grants += count
            row.for_all = row.for_all or is_all
            row.level = max(row.level, level_of([scope], knowledge, is_all))
    found = defaultdict(list)
    for (application, _, integration, _), row in sorted(held.items()):
        found[application].append((row, integration))
    return found


def _access(fact: Mapping[str, Any], held: Sequence[tuple[ScopeAccess, str]]) -> ApplicationAccess:
    gravest, integration = max(held, key=lambda one: one[0].level)
    known = {(where, row.scope): row.level for row, where in held if row.scope}
    is_new = fact["dated"] == fact["grants"]
    is_newly_risky = fact["risky"] and fact["risky_dated"] == fact["risky"]
    return ApplicationAccess(
        application_id=fact["app__application"],
        publisher=fact.get("publisher", ""),
        verified=fact.get("verified"),
        level=fact["gravest"] or NOT_KNOWN,
        because=gravest.scope if gravest.level else "",
        integration=integration,
        scopes=len(known),
        unknown_scopes=sum(level == NOT_KNOWN for level in known.values()),
        people=fact["people"],
        accounts=fact["accounts"],
        for_all=bool(fact["all"]),
        grants=fact["by_level"],
        first_at=fact["first"] if is_new else None,
        risky_at=fact["risky_first"] if is_newly_risky else None,
        newest_at=fact["newest_at"],
        last_used_at=fact["last_used_at"],
    )


def tell_people(people: Collection[int]) -> None:
    """In the transaction that has given them accounts or taken some from them."""
    for part in chunks(sorted(people)):
        writer.tell_people(part)
