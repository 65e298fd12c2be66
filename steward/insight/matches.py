"""Who is who, where the facts do not say: accounts without a clear owner, people who look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from steward.insight.facts import Facts, moment_text
from steward.insight.lookalikes import Alike, with_accounts
from steward.inventory.account import Account
from steward.inventory.identity import IdentityChange
from steward.inventory.matching import is_role, keys_of
from steward.inventory.person import Person


@dataclass(frozen=True)
class Candidate:
    person: Person
    why: str


@dataclass(frozen=True)
class Doubt:
    """An account of which an admin has to say whose it is."""

    account: Account
    why: str
    candidates: tuple[Candidate, ...]


def doubtful_accounts() -> Any:
    """Of accounts without an address those that bear somebody's name; the others are orphans, of
    whom nothing is known that could be asked about."""
    rows = Account.objects.present().filter(doubtful=True).exclude(status=Account.REMOVED)
    named = Exists(Person.objects.filter(name=OuterRef("name"), merged_into=None))
    rows = rows.filter(~Q(email="") | (~Q(name="") & named))
    return rows.select_related("instance", "person").order_by("pk")


def doubts(accounts: Sequence[Account]) -> list[Doubt]:
    """Of accounts of `doubtful_accounts()`: a page of them, as each asks for candidates."""
    return [Doubt(account, _why(account), tuple(_candidates(account))) for account in accounts]


def _why(account: Account) -> str:
    keys = keys_of(account)
    if not keys:
        return "The app gives no address to recognise anybody by."
    if is_role(keys[0]):
        return "The address names a task, so several people may share the account."
    return "Its addresses are known as those of different people."


def _candidates(account: Account) -> Iterator[Candidate]:
    known = Person.objects.filter(emails__key__in=keys_of(account)).distinct()
    seen = set()
    for person in known.order_by("pk"):
        seen.add(person.pk)
        yield Candidate(person, "has one of its addresses")
    if account.name:
        for person in with_accounts(Person.objects.filter(name=account.name)).order_by("pk")[:5]:
            if person.pk not in seen:
                yield Candidate(person, "has the same name")


def changes_of(person: Person) -> Any:
    """What admins have decided about somebody, newest first."""
    rows = IdentityChange.objects.filter(person=person) | IdentityChange.objects.filter(
        other=person
    )
    return rows.select_related("person", "other").order_by("-pk")


def sentence(change: IdentityChange) -> str:
    who, other = change.person or "nobody", change.other or "nobody"
    count = len(change.moved.get("accounts", ()))
    if change.what == IdentityChange.MERGED:
        return f"{other} was merged into {who}"
    if change.what == IdentityChange.SPLIT:
        return f"{count} of {who}'s accounts were given to {other}"
    if change.what == IdentityChange.KEPT_APART:
        return f"{who} and {other} are two people"
    return f"an account was said to be {who}'s" if change.person else "an account is nobody's"


def facts_of_change(change: IdentityChange) -> Facts:
    return {
        "id": change.pk,
        "what": change.what,
        "said": sentence(change),
        "person": change.person_id,
        "other": change.other_id,
        "by": change.by,
        "at": moment_text(change.at),
        "undone_by": change.undone_by or None,
        "undone_at": moment_text(change.undone_at),
    }


def facts_of_person(person: Person) -> Facts:
    return {"id": person.pk, "name": person.name, "email": person.email}


def facts_of_doubt(doubt: Doubt) -> Facts:
    return {
        "account": doubt.account.pk,
        "account_name": str(doubt.account),
        "instance": doubt.account.instance.pk,
        "why": doubt.why,
        "candidates": [{**facts_of_person(c.person), "why": c.why} for c in doubt.candidates],
    }


def facts_of_alike(alike: Alike) -> Facts:
    one, other = facts_of_person(alike.one), facts_of_person(alike.other)
    return {"one": one, "other": other, "why": alike.why}
