"""Who may administer an app, or change what others see there, among some accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from steward.insight.findings.knowing import ADMINS, WRITERS, Knowing, in_role
from steward.insight.findings.rule import READ, Span
from steward.sdk.roles import Roles


def admins(span: Span, knowing: Knowing, *more: str) -> Iterator[dict[str, Any]]:
    """Each as a mapping of `READ` and of `more`, with what makes it one in `holds`."""
    for row in _rows(span, knowing, ADMINS, Roles.is_admin).values(*READ, *more):
        yield {**row, "holds": held_role(row, knowing)}


def writers(span: Span, knowing: Knowing) -> Any:
    """Accounts that may change something, administrators too."""
    return _rows(span, knowing, WRITERS, Roles.writes)


def is_admin(row: Mapping[str, Any], knowing: Knowing) -> bool:
    return row["pk"] in knowing.group_admins or knowing.roles(row["instance_id"]).is_admin(
        row["role"]
    )


def held_role(row: Mapping[str, Any], knowing: Knowing) -> str:
    return str(knowing.group_admins.get(row["pk"]) or row["role"])


def _rows(span: Span, knowing: Knowing, need: str, fits: Callable[[Roles, str], bool]) -> Any:
    """Roles are few, so those there are are read first; then accounts by them."""
    here = span.working()
    pairs = here.exclude(role="").order_by().values_list("instance_id", "role").distinct()
    held: dict[int, list[str]] = defaultdict(list)
    for book, role in pairs:
        if book in knowing.instances and fits(knowing.roles(book), role):
            held[book].append(role)
    given = [pk for pk in knowing.group_admins if span.holds(pk)]
    rows = here.filter(in_role(held) | Q(pk__in=given)).order_by("pk")
    knowing.told[need].update(held)
    knowing.told[need].update(rows.filter(pk__in=given).values_list("instance_id", flat=True))
    return rows
