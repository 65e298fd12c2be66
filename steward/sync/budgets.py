"""The request budget of a tenant: instances of the same one share it, whichever worker has them.

An app counts the requests of a tenant, not those of an instance. On PostgreSQL the workers share
a row; on SQLite there is one worker, and its threads share memory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from django.db import connection, transaction

from steward.inventory.instance import Instance, SharedWindow
from steward.sdk.budget import Budget, OwnBudget, Window

T = TypeVar("T")
_here: dict[str, OwnBudget] = {}
_lock = threading.Lock()


def budget_of(instance: Instance) -> Budget:
    key = f"{instance.integration}:{instance.tenant_id}"
    others = Instance.objects.present().filter(
        integration=instance.integration, tenant_id=instance.tenant_id
    )
    if not others.exclude(pk=instance.pk).exists():
        return OwnBudget()  # one run at a time, so nobody to share with
    if connection.vendor == "postgresql":
        return StoredBudget(key)
    with _lock:
        return _here.setdefault(key, OwnBudget())


class StoredBudget:
    """In a row that whoever changes it holds for a moment."""

    clock = staticmethod(time.time)

    def __init__(self, key: str) -> None:
        self._key = key[:400]
        SharedWindow.objects.get_or_create(key=self._key)

    def change(self, change: Callable[[Window], T]) -> T:
        with transaction.atomic():
            row = SharedWindow.objects.select_for_update().get(key=self._key)
            window = Window(**row.window)
            found = change(window)
            SharedWindow.objects.filter(pk=row.pk).update(window=asdict(window))
        return found
