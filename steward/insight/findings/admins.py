"""Administrators whose account is easily taken over: without a second factor, or left lying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from steward.insight.findings.holders import admins
from steward.insight.findings.knowing import ACTIVITY, ADMINS, SECOND_FACTOR, Knowing
from steward.insight.findings.rule import Rule, Seen, Span, day, seen
from steward.inventory.finding import CRITICAL, HIGH

DORMANT = 90


def _without_second_factor(span: Span, knowing: Knowing) -> Iterator[Seen]:
    for row in admins(span, knowing, "attributes"):
        second = row["attributes"].get("mfa")
        if second is not None:
            knowing.told[SECOND_FACTOR].add(row["instance_id"])
        if second is False:
            said = f"{_begun(row['holds'])} in {row['instance__name']}, which says that the "
            said += "account has no second factor."
            yield seen(row, CRITICAL, said, role=row["holds"], second_factor=False)


def _dormant(span: Span, knowing: Knowing) -> Iterator[Seen]:
    since = timezone.now() - timedelta(days=DORMANT)
    for row in admins(span, knowing):
        if row["instance_id"] in knowing.tells_activity and _lies(row, since, knowing):
            last = row["active_at"]
            been = f"was last active on {day(last)}" if last else _never(row)
            said = f"{_begun(row['holds'])} in {row['instance__name']}; the account {been}."
            yield seen(
                row, HIGH, said, role=row["holds"], last_active_at=last, known_since=_known(row)
            )


def _begun(role: str) -> str:
    return role[:1].upper() + role[1:]


def _lies(row: Mapping[str, Any], since: datetime, knowing: Knowing) -> bool:
    """An account that was never active counts once it is as old as that, and the app has told of
    so many days."""
    if row["active_at"]:
        return bool(row["active_at"] < since)
    first_day = knowing.days_from.get(row["instance_id"])
    return _known(row) < since and (first_day is None or first_day < since.date())


def _known(row: Mapping[str, Any]) -> datetime:
    known: datetime = row["created_at"] or row["first_seen_at"]
    return known


def _never(row: Mapping[str, Any]) -> str:
    return f"was never active, and has been there since {day(_known(row))}"


RULES = (
    Rule(
        slug="admin-without-second-factor",
        title="Administrator without a second factor",
        one="administrator has no second factor",
        many="administrators have no second factor",
        severity=CRITICAL,
        means="An account that works and may administer the app, of which the app itself says that "
        "no second factor is set up. Where the app cannot see that people sign on through a "
        "service which asks for one, accept it with that reason.",
        todo="Have a second factor set up, and let the app demand it of all administrators.",
        found=_without_second_factor,
        needs=(ADMINS, SECOND_FACTOR),
    ),
    Rule(
        slug="dormant-admin",
        title="Dormant administrator",
        one="administrator account lies unused",
        many="administrator accounts lie unused",
        severity=HIGH,
        means=f"An account that works and may administer the app, and was not active for {DORMANT} "
        f"days; or never, although it is older than that. Only where the app tells activity.",
        todo="Take the role away, or disable the account if nobody needs it. An account kept for "
        "emergencies is best accepted, with that reason.",
        found=_dormant,
        needs=(ADMINS, ACTIVITY),
    ),
)
