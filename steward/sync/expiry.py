"""Credentials that end by themselves: somebody is told 30 and 7 days before, once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from steward.inventory import lifecycle, moments
from steward.inventory.instance import Instance

WARNED_DAYS = (7, 30)
EVENT = "secret_expires"


def warn_of_expiry() -> int:
    """How many warnings were due. Of two workers, one records a warning."""
    now = timezone.now()
    soon = now + timedelta(days=max(WARNED_DAYS))
    rows = Instance.objects.filter(state__in=lifecycle.SYNCING)
    ending = rows.filter(secret_expires_at__gt=now, secret_expires_at__lte=soon)
    return sum(_warn(instance, instance.secret_expires_at, now) for instance in ending)


@transaction.atomic
def _warn(instance: Instance, expires: datetime, now: datetime) -> bool:
    days = next(days for days in WARNED_DAYS if expires <= now + timedelta(days=days))
    told = f"{expires.isoformat()} {days}"
    rows = Instance.objects.filter(pk=instance.pk, secret_expires_at=expires)
    if not rows.exclude(expiry_warned=told).update(expiry_warned=told):
        return False
    moments.record(instance, EVENT, days=days, expires=f"{expires:%-d %B %Y}")
    return True
