"""Accounts whose human has gone, and accounts without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from steward.insight.accounts import left_alive, left_since, unknown_to_directory
from steward.insight.findings.holders import held_role, is_admin
from steward.insight.findings.knowing import DIRECTORY, Knowing
from steward.insight.findings.rule import READ, Rule, Seen, Span, day, seen
from steward.inventory.finding import CRITICAL, HIGH, MEDIUM


def _leavers(span: Span, knowing: Knowing) -> Iterator[Seen]:
    rows = span.working().filter(left_alive()).order_by("pk")
    for row in rows.annotate(left=left_since()).values(*READ, "left"):
        is_grave = is_admin(row, knowing)
        yield seen(
            row,
            CRITICAL if is_grave else HIGH,
            _of_leaver(row, held_role(row, knowing) if is_grave else ""),
            left_since=row["left"],
            last_active_at=row["active_at"],
            role=held_role(row, knowing) or None,
        )


def _of_leaver(row: Mapping[str, Any], grave: str) -> str:
    seen_on = f" (seen on {day(row['left'])})" if row["left"] else ""
    said = f"The person has left{seen_on}, and the account in {row['instance__name']} still works"
    if row["active_at"] and row["left"] and row["active_at"] > row["left"]:
        said += f"; it was used since, last on {day(row['active_at'])}"
    return f"{said}. It may administer the app ({grave})." if grave else f"{said}."


def _nobodys(span: Span, knowing: Knowing) -> Iterator[Seen]:
    """As the report of accounts nobody owns has them."""
    here = span.working().order_by("pk")
    strangers = here.filter(unknown_to_directory(), person__isnull=False).exclude(kind="guest")
    for rows in (here.filter(person=None), strangers):
        for row in rows.values(*READ, "person"):
            why = _why(row)
            is_grave = is_admin(row, knowing)
            more = f" It may administer the app ({held_role(row, knowing)})." if is_grave else ""
            said = f"Works in {row['instance__name']}; {_WORDS[why]}.{more}"
            yield seen(row, HIGH if is_grave else MEDIUM, said, why=why, role=row["role"] or None)


def _why(row: Mapping[str, Any]) -> str:
    if row["kind"] == "service":
        return "service account"
    if not row["email"]:
        return "no e-mail known"
    return "not in the directory" if row["person"] else "no person found"


_WORDS = {
    "service account": "it is a service account, and no person stands behind it",
    "no e-mail known": "the app gives no address by which anybody could be recognised",
    "not in the directory": "the directory has never heard of the person it belongs to",
    "no person found": "nobody was found behind it",
}

RULES = (
    Rule(
        slug="leaver-active",
        title="Leaver still active",
        one="account of somebody who has left still works",
        many="accounts of people who have left still work",
        severity=HIGH,
        means="An account that works, of a person whom the directory, sign-on service or people "
        "list knows as having left. Being suspended is not leaving. Critical where the account may "
        "administer the app.",
        todo="Disable the account in the app, or hand it over to somebody who works here.",
        found=_leavers,
        needs=(DIRECTORY,),
    ),
    Rule(
        slug="account-nobody-owns",
        title="Account nobody owns",
        one="account that nobody owns",
        many="accounts that nobody owns",
        severity=MEDIUM,
        means="An account that works and belongs to no known human: service and shared accounts, "
        "those whose app gives no address, and those of people whom no directory has heard of "
        "(marked guests with a known address are left out). High where it may administer the app.",
        todo="Find out who uses it and say so in Who is who, or disable it. A service account that "
        "is looked after is best accepted, with who does so as the reason.",
        found=_nobodys,
        needs=(DIRECTORY,),
    ),
)
