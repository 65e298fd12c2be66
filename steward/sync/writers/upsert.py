"""Writing one row that is nearly always there, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models


def upsert(model: type[models.Model], values: Mapping[str, Any], **key: Any) -> None:
    """The row of that key. The ORM's own way looks it up first, behind a savepoint, which only a
    row that is not there yet needs."""
    rows = model._default_manager.filter(**key)
    if not rows.update(**values):
        rows.update_or_create(defaults=values, **key)
