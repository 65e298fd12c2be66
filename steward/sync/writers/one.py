"""Writing one row that is nearly always there, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models


def write_one(model: type[models.Model], values: Mapping[str, Any], **key: Any) -> None:
    """Within a transaction whose owner alone writes the row of that key. The ORM's own way would
    look the row up first, behind a savepoint."""
    rows = model._default_manager.filter(**key)
    if not rows.update(**values):
        rows.create(**key, **values)
