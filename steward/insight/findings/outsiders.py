"""Accounts of people outside the company that may change what is inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from steward.insight.accounts import accounts
from steward.insight.findings.holders import held_role, is_admin, writers
from steward.insight.findings.knowing import DIRECTORY, WRITERS, Knowing, domain_of
from steward.insight.findings.rule import READ, Rule, Seen, Span, seen
from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.finding import HIGH, MEDIUM
from steward.inventory.person import Person
from steward.inventory.staff import of_person
from steward.sdk.catalogue import integrations
from steward.sdk.roles import BY_WORD


def _outsiders(span: Span, knowing: Knowing) -> Iterator[Seen]:
    rows = writers(span, knowing).exclude(kind="service").exclude(_is_staff())
    for row in rows.exclude(person__told_standing=Person.LEFT).values(*READ):
        why = _why(row, knowing)
        if why:
            is_grave = is_admin(row, knowing)
            role = held_role(row, knowing)
            may = "administer the app" if is_grave else "write"
            said = f"{why}, and may {may} in {row['instance__name']} as {role}."
            domain = domain_of(row["email"]) or None
            marked = row["kind"] == "guest"
            level = HIGH if is_grave else MEDIUM
            yield seen(row, level, said, role=role, domain=domain, marked_as_guest=marked)


def _why(row: Mapping[str, Any], knowing: Knowing) -> str:
    """ "" where nothing says that it is somebody from outside."""
    domain = domain_of(row["email"])
    if row["kind"] == "guest":
        return f"{row['instance__name']} marks the account as a guest"
    if domain and knowing.own_domains and domain not in knowing.own_domains:
        return f"The address is at {domain}, where nobody in the directory has one"
    return ""


def _is_staff() -> Exists | Any:
    """A person whom a directory has as somebody of the company's own is none from outside, however
    another app sees them."""
    own = accounts().filter(directory.deciding(), status=Account.ACTIVE, kind="person")
    return Exists(own.filter(person=OuterRef("person"))) | Exists(
        of_person(OuterRef(OuterRef("person")))
    )


def _by_app() -> str:
    """Which roles count, as each integration declares them."""
    known = [one for one in integrations().values() if one.roles is not BY_WORD]
    only = sorted(one.name for one in known if not one.roles.writers)
    said = [
        f"In {one.name} these write: {', '.join(sorted(one.roles.writers))}."
        for one in sorted(known, key=lambda one: one.name)
        if one.roles.writers
    ]
    said += [f"In {', '.join(only)} only administrators are known to."] if only else []
    words = ", ".join(sorted(BY_WORD.writers))
    return " ".join([*said, f"Elsewhere: administrators, owners, and whoever is {words}."])


RULES = (
    Rule(
        slug="external-writer",
        title="External account with write access",
        one="account of somebody outside the company administers an app",
        many="accounts of people outside the company administer apps",
        severity=MEDIUM,
        means="An account that works, of somebody whom no directory has as staff, which the app "
        "marks as a guest or whose address is in no domain of the people in the directory; and "
        "whose role administers the app (then it is high) or changes what others see.",
        todo="Ask who works with them. Lower the role, set an end, or remove the account.",
        found=_outsiders,
        needs=(DIRECTORY, WRITERS),
        by_app=_by_app,
    ),
)
