"""Keeping how accounts stood before they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from steward.inventory.account import AccountFields, AccountVersion
from steward.sync.writers.sql import execute_in, moment

TABLE = AccountVersion._meta.db_table
KEPT = tuple(field.column for field in AccountFields._meta.local_fields)
_INTO = f"INSERT INTO {TABLE} (book, account_id, until, {', '.join(KEPT)}) "
_FROM = f"SELECT book, id, %s, {', '.join(KEPT)} FROM inventory_account WHERE id IN "


def keep_versions_of(ids: Sequence[int], now: datetime) -> None:
    execute_in(_INTO + _FROM, ids, moment(now))


def keep_versions(accounts: Any, now: datetime) -> None:
    """Of all accounts of a query, however many, in one statement."""
    inner, values = accounts.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{_INTO}{_FROM}({inner})", [moment(now), *values])
