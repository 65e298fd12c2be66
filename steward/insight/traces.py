"""What acts and syncs leave behind in a few small tables: as long as the newest of these traces are
the same, so is whatever was counted from the rest."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import connection

# Edits of these change lists of their own, and no figure of accounts, seats or money.
ASIDE = ("document", "finding", "report", "review", "schedule", "webhook")


class Minds(Enum):
    """Which edits make an answer wrong. `ACCOUNTS` minds none: whoever asks for such an answer puts
    what people have entered into its key."""

    EVERYTHING = "everything"
    FIGURES = "figures"
    ACCOUNTS = "accounts"


@dataclass(frozen=True)
class Traces:
    """Of what was read and told, and of what people have done or instances have come to."""

    read: Hashable
    done: Hashable


def newest(minds: Minds = Minds.EVERYTHING) -> Traces:
    found, *told, edit, edit_of_figures = _found()
    edits = {Minds.EVERYTHING: edit, Minds.FIGURES: edit_of_figures, Minds.ACCOUNTS: None}
    return Traces((*told[:READ], found), (*told[READ:], edits[minds]))


def words() -> str:
    """For whoever keeps them in the database: all but what the findings themselves leave."""
    _, *told, edit, _ = _found()
    return str((*told, edit))


# In one statement, since pages ask for it again and again. The findings come first, then what is
# read, told and described (`READ` of them), then what people do and instances come to.
READ = 4
_NEWEST = """
SELECT (SELECT MAX(changed_at) FROM inventory_findingstold),
    (SELECT MAX(told_at) FROM inventory_book),
    (SELECT SUM(changes) FROM inventory_spendmonth),
    (SELECT MAX(told_at) FROM inventory_spendmonth),
    (SELECT MAX(done_to) FROM inventory_describing),
    (SELECT MAX(id) FROM inventory_book),
    (SELECT MAX(closed_at) FROM inventory_book),
    (SELECT MAX(id) FROM inventory_moment),
    (SELECT MAX(id) FROM inventory_identitychange),
    (SELECT MAX(undone_at) FROM inventory_identitychange),
    (SELECT MAX(id) FROM inventory_edit),
    (SELECT id FROM inventory_edit WHERE kind NOT IN %s ORDER BY id DESC LIMIT 1)
"""


def _found() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST % str(ASIDE))
        row: tuple[Any, ...] = cursor.fetchone()
        return row
