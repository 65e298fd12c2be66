"""Humans of applications that have several sources, counted anew in the moments after a deletion,
when what was told of them (`Application.told_humans`) still counts what is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward.insight.uses import active_since
from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.books import closed_untold
from steward.inventory.holdings import Assignment, Grant, SeenApp
from steward.inventory.instance import RECENT, SIGNED_IN


def several_told_wrongly() -> dict[int, tuple[int, int]]:
    """Users and active users, by application. There are few such applications, and seldom any."""
    if not closed_untold().exists():
        return {}
    rows = Application.objects.filter(told_humans__isnull=False, merged_into=None)
    return {pk: humans_of(pk) for pk in rows.values_list("pk", flat=True)}


def humans_of(application: int) -> tuple[int, int]:
    now = timezone.now()
    own = Account.objects.present().filter(instance__application=application)
    works = own.filter(status=Account.ACTIVE)
    lately = own.filter(last_active_at__gte=now - RECENT).exclude(status=Account.REMOVED)
    used = Q(last_used_at__gte=now - RECENT)
    return (
        _humans(works, *_beside(application, now - SIGNED_IN), _given(application)),
        _humans(lately, *_beside(application, now - RECENT, used)),
    )


def _beside(application: int, since: datetime, used: Any = None) -> list[Any]:
    """Whose grants and sign-ins count beside the application's own accounts."""
    apps = SeenApp.objects.present().filter(application=application, beside=True)
    granted = Grant.objects.present().filter(used or Q(), app__in=apps.values("pk"))
    signed = active_since(since).filter(app__in=list(apps.values_list("pk", flat=True)))
    return [granted.exclude(account=None).values("account"), signed.values("account")]


def _given(application: int) -> Any:
    apps = {"app__application": application, "app__beside": True, "app__active": True}
    return Assignment.objects.present().filter(**apps).values("account")


def _humans(own: Any, *accounts: Any) -> int:
    every = Q(pk__in=own.values("pk"))
    for chosen in accounts:
        every |= Q(pk__in=chosen)
    human = Coalesce(F("person"), -1 * F("pk"))
    return int(
        Account.objects.present().filter(every).aggregate(n=Count(human, distinct=True))["n"]
    )
