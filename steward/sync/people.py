"""Whose is an account? Joining accounts to people by address, the directory having the last word.

An account is looked for by its address and, where the app vouches for them, its further ones. A
directory or sign-on service that lists two addresses as one human joins the people behind them.
Service accounts belong to nobody; an account without an address has no owner until a person says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from steward.inventory.account import Account
from steward.inventory.matching import email_key
from steward.inventory.person import Person, PersonEmail
from steward.inventory.run import Run
from steward.sync.writers.sql import many

BATCH = 500
AUTHORITIES = ("sso", "directory")
_MATCHED = "UPDATE inventory_account SET person_id = %s, matched = TRUE WHERE id = %s"
_NOT_OF_THE_HUMAN = ("emails", "verified", "app_status", "suspended")


def match_some(run: Run, *, authority: bool) -> int:
    """Match at most a batch of the run's accounts to people; 0 when all are."""
    try:
        return _match_batch(run, authority)
    except IntegrityError:
        # Another worker has just made one of these people; now we can see it.
        return _match_batch(run, authority)


@transaction.atomic
def _match_batch(run: Run, authority: bool) -> int:
    batch = list(Account.objects.filter(instance=run.book, matched=False)[:BATCH])
    if batch:
        _Matching(batch, authority).carry_out()
    return len(batch)


class _Matching:
    def __init__(self, accounts: list[Account], authority: bool) -> None:
        self.accounts = accounts
        self.authority = authority
        keys = {key for account in accounts for key in keys_of(account)}
        rows = PersonEmail.objects.filter(key__in=keys).select_related("person")
        same: dict[int, Person] = {}
        self.people = {row.key: same.setdefault(row.person_id, row.person) for row in rows}
        self.changed: dict[int, Person] = {}
        self.new: list[Person] = []
        self.new_keys: list[PersonEmail] = []

    def carry_out(self) -> None:
        owners = [self._owner(account) for account in self.accounts]
        Person.objects.bulk_create(self.new)
        Person.objects.bulk_update(self.changed.values(), ["name", "email", "attributes"])
        PersonEmail.objects.bulk_create(self.new_keys)
        pairs = zip(self.accounts, owners, strict=True)
        many(_MATCHED, [(owner and owner.pk, account.pk) for account, owner in pairs])

    def _owner(self, account: Account) -> Person | None:
        keys = keys_of(account)
        if account.kind == "service" or not keys:
            return None
        owner = next((self.people[key] for key in keys if key in self.people), None)
        if owner is None:
            owner = Person(name=account.name, email=account.email)
            self.new.append(owner)
        if self.authority:
            self._join(owner, keys)
        self._remember(owner, keys)
        self._describe(owner, account)
        return owner

    def _join(self, owner: Person, keys: list[str]) -> None:
        others = {id(p): p for key in keys if (p := self.people.get(key)) and p is not owner}
        for other in others.values():
            if other.pk and owner.pk:
                join(owner, other)
                self.changed.pop(other.pk, None)
                self.people = {k: owner if p is other else p for k, p in self.people.items()}

    def _remember(self, owner: Person, keys: list[str]) -> None:
        for key in keys:
            if key not in self.people:
                self.people[key] = owner
                self.new_keys.append(PersonEmail(person=owner, key=key))

    def _describe(self, owner: Person, account: Account) -> None:
        """The directory says what a human is called; others only where nobody has said so yet."""
        name, email, attributes = owner.name or account.name, owner.email, owner.attributes
        if self.authority:
            name, email = account.name or owner.name, account.email or owner.email
            attributes = {**attributes, **described_by(account.attributes)}
        if (name, email, attributes) != (owner.name, owner.email, owner.attributes):
            owner.name, owner.email, owner.attributes = name, email, attributes
            if owner.pk:
                self.changed[owner.pk] = owner


def keys_of(account: Account) -> list[str]:
    """Further addresses count only where the app vouches for them."""
    addresses = [account.email]
    if account.attributes.get("verified", True):
        addresses += account.attributes.get("emails", [])
    keys = [email_key(address) for address in addresses]
    return list(dict.fromkeys(key for key in keys if key))


def described_by(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if name not in _NOT_OF_THE_HUMAN and value not in (None, "")
    }


def join(owner: Person, other: Person) -> None:
    """All that was the other's is the owner's."""
    Account.objects.filter(person=other).update(person=owner)
    PersonEmail.objects.filter(person=other).update(person=owner)
    other.delete()
