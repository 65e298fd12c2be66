"""Narrowing third-party access: the same filters for pages, reports, the API and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.utils import timezone

from steward.inventory.access import ScopeAccess
from steward.inventory.instance import Instance
from steward.sdk.scopes import CRITICAL, HIGH, NOT_KNOWN, RISKS

UNKNOWN = "unknown"
# In place of a scope, where nobody says what an app may do.
NOT_SAID = "not said"
WORDS = (UNKNOWN, *RISKS)
RISKY = "risky"


def word(level: int | None) -> str:
    return WORDS[level or NOT_KNOWN]


def levels(risk: str) -> list[int]:
    """Those that a filter asks for by a word."""
    if risk == RISKY:
        return [HIGH, CRITICAL]
    return [level for level, name in enumerate(WORDS) if name == risk]


def within(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def narrowed_applications(rows: Any, asked: Mapping[str, Any]) -> Any:
    """`asked` holds any of the words of `_OF_APPLICATIONS`, and of those of `_OF_SCOPES`."""
    for name, condition in _OF_APPLICATIONS.items():
        if value := asked.get(name):
            rows = rows.filter(condition(value))
    wanted = [condition(asked[name]) for name, condition in _OF_SCOPES.items() if asked.get(name)]
    if wanted:
        held = ScopeAccess.objects.filter(*wanted, application=OuterRef("pk"))
        rows = rows.filter(Exists(held))
    return rows


_OF_APPLICATIONS: dict[str, Callable[[Any], Q]] = {
    "risk": lambda risk: Q(level__in=levels(risk)),
    "status": lambda status: _of_status("application__status", status),
    "new": lambda days: Q(first_at__gte=within(int(days))),
    "risky": lambda days: Q(level__gte=HIGH, risky_at__gte=within(int(days))),
    "everybody": lambda _: Q(for_all=True),
    "q": lambda text: Q(application__name__icontains=text) | Q(publisher__icontains=text),
}
# Of one and the same scope that it holds.
_OF_SCOPES: dict[str, Callable[[Any], Q]] = {
    "scope": lambda text: Q(scope__icontains=text),
    "holds": lambda scope: Q(scope=_named(scope)),
    "instance": lambda number: Q(book__in=_books(pk=int(number))),
    "integration": lambda slug: Q(book__in=_books(integration=slug)),
}


def _books(**where: Any) -> Any:
    return Instance.objects.present().filter(**where).values("book")


def narrowed_grants(rows: Any, asked: Mapping[str, Any]) -> Any:
    """Of `insight.grants.grants()`: `asked` holds any of risk, status, since (a moment), holds (a
    whole scope). Apps that hold the scope are found first, by an index."""
    if risk := asked.get("risk"):
        rows = rows.filter(_of_risk(risk))
    if status := asked.get("status"):
        rows = rows.filter(_of_status("app__application__status", status))
    if since := asked.get("since"):
        rows = rows.filter(appeared_at__gte=since)
    if asked.get("integration"):
        rows = rows.filter(instance__integration=asked["integration"])
    if scope := asked.get("holds"):
        rows = rows.filter(app__application__in=holding(scope))
        rows = _with_scope(rows, scope)
    return rows


def grants_of(scope: str) -> dict[int, int]:
    """How many grants give this whole scope to each application."""
    held = ScopeAccess.objects.filter(scope=_named(scope), book__in=_books()).order_by()
    return dict(held.values_list("application").annotate(Sum("grants")))


def _with_scope(rows: Any, scope: str) -> Any:
    """PostgreSQL takes a text that is to hold a long word for one in thousands, and would read and
    sort all grants for a page of what most of them have. It has no opinion on a place."""
    if scope == NOT_SAID:
        return rows.filter(scopes=[])
    place = StrIndex(Cast("scopes", TextField()), Value(quoted(scope)))
    return rows.annotate(holds_at=place).filter(holds_at__gt=0)


def _named(scope: str) -> str:
    return "" if scope == NOT_SAID else scope


def _of_risk(risk: str) -> Q:
    rated = Q(level__in=levels(risk))
    return rated | Q(level=None) if risk == UNKNOWN else rated


def holding(scope: str) -> list[int]:
    rows = ScopeAccess.objects.filter(scope=_named(scope)).order_by()
    return list(rows.values_list("application", flat=True).distinct())


def quoted(scope: str) -> str:
    """As it stands in the text of a list, which is JSON on both databases."""
    return f'"{scope}"'


def _of_status(field: str, status: str) -> Q:
    if status == "not-approved":
        return ~Q(**{field: "approved"})
    return Q(**{field: status})
