"""Whose is an account? Joining accounts to people by address, the directory having the last word.

An account is looked for by its address and, where the app vouches for them, its further ones. A
directory or sign-on service that lists two addresses as one human joins the people behind them.
Service accounts belong to nobody; an account without an address has no owner until an admin says.

What an admin has decided (see `sync.identity`) stands above all of this. Where the facts speak for
two people, for nobody, or for a mailbox that many read, the account is marked as doubtful.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.identity import SERVICE, Decision, Distinct
from steward.inventory.instance import Instance
from steward.inventory.matching import is_role, keys_of
from steward.inventory.person import Person, PersonEmail
from steward.inventory.run import Run
from steward.sync.describing import describe
from steward.sync.tallies import tell_people
from steward.sync.writers.sql import many, own_id
from steward.sync.writers.tallies import alone

BATCH = 500
_MATCHED = """
UPDATE inventory_account SET person_id = %s, kind = %s, doubtful = %s, matched = TRUE WHERE id = %s
"""


def match_some(run: Run, *, authority: bool) -> int:
    """Match at most a batch of the run's accounts to people; 0 when all are."""
    try:
        return _match_batch(run, authority)
    except IntegrityError:
        # Another worker has just made one of these people; now we can see it.
        return _match_batch(run, authority)


@transaction.atomic
def _match_batch(run: Run, authority: bool) -> int:
    """The rows are held while they are looked at: what an admin decides meanwhile comes after."""
    rows = Account.objects.select_for_update(of=("self",)).filter(instance=run.book, matched=False)
    batch = list(rows[:BATCH])
    if batch:
        before = {account.pk: account.person_id for account in batch}
        if any(before.values()):
            alone()
        _Matching(run.instance_id, batch, authority).carry_out()
        _tell_those_left(before)
    return len(batch)


def _tell_those_left(before: Mapping[int, int | None]) -> None:
    """Whoever an account was taken from; its owner is told with the book."""
    had = {number: person for number, person in before.items() if person}
    now = Account.objects.filter(pk__in=had).values_list("pk", "person") if had else ()
    tell_people({had[number] for number, person in now if person != had[number]})


def match_anew(accounts: Any) -> None:
    """Accounts of any instances, after an admin has said something about them."""
    by_instance: dict[int, list[Account]] = {}
    for account in accounts.select_related("instance").order_by("pk"):
        by_instance.setdefault(account.instance.pk, []).append(account)
    for number, rows in by_instance.items():
        authority = is_authority(rows[0].instance)
        _Matching(number, rows, authority).carry_out()


def is_authority(instance: Instance) -> bool:
    """Whether its word on who is one human, and on what is known of them, counts."""
    return directory.rank_of(instance) > directory.OTHER


class _Matching:
    def __init__(self, instance: int, accounts: list[Account], authority: bool) -> None:
        self.accounts = accounts
        ids = [account.external_id for account in accounts]
        self.decided = decisions_of(instance, ids)
        self.authority = authority
        keys = {key for account in accounts for key in keys_of(account)}
        rows = PersonEmail.objects.filter(key__in=keys).select_related("person")
        same = {d.person_id: d.person for d in self.decided.values() if d.person}
        self.people = {row.key: same.setdefault(row.person_id, row.person) for row in rows}
        self.changed: dict[int, Person] = {}
        self.joined: dict[int, Person] = {}
        self.new: list[Person] = []
        self.new_keys: list[PersonEmail] = []

    def carry_out(self) -> None:
        owners = [self._owner(account) for account in self.accounts]
        Person.objects.bulk_create(self.new)
        Person.objects.bulk_update(self.changed.values(), ["name"])
        PersonEmail.objects.bulk_create(self.new_keys)
        pairs = [(a, self._now(o)) for a, o in zip(self.accounts, owners, strict=True)]
        many(_MATCHED, [(o and o.pk, a.kind, a.doubtful, a.pk) for a, o in pairs])
        if self.authority:
            concerned = {o.pk for _, o in pairs if o} | {a.person_id for a in self.accounts}
            describe(sorted(concerned - {None}))

    def _owner(self, account: Account) -> Person | None:
        account.doubtful = False
        decision = self.decided.get(account.external_id)
        if decision is not None:
            account.kind = decision.kind or account.kind
        keys = [] if account.kind == SERVICE else keys_of(account)
        owner = decision.person if decision else self._recognised(account, keys)
        if owner is not None and decision is None:
            self._remember(owner, keys)
            self._describe(owner, account)
        return owner

    def _now(self, owner: Person | None) -> Person | None:
        """Who was joined into somebody by a later account of the batch is that somebody."""
        while owner is not None and id(owner) in self.joined:
            owner = self.joined[id(owner)]
        return owner

    def _recognised(self, account: Account, keys: list[str]) -> Person | None:
        if not keys:
            account.doubtful = account.kind != SERVICE
            return None
        account.doubtful = is_role(keys[0]) or (not self.authority and self._several(keys))
        owner = next((self.people[key] for key in keys if key in self.people), None)
        if owner is None:
            owner = Person(name=account.name, email=account.email)
            self.new.append(owner)
        if self.authority:
            self._join(owner, keys)
        return owner

    def _several(self, keys: list[str]) -> bool:
        return len({id(self.people[key]) for key in keys if key in self.people}) > 1

    def _join(self, owner: Person, keys: list[str]) -> None:
        """The directory lists them as one human, unless an admin has said that they are two."""
        others = {id(p): p for key in keys if (p := self.people.get(key)) and p is not owner}
        for other in others.values():
            if other.pk and owner.pk and not are_apart(owner, other):
                join(owner, other)
                self.changed.pop(other.pk, None)
                self.joined[id(other)] = owner
                self.people = {k: owner if p is other else p for k, p in self.people.items()}

    def _remember(self, owner: Person, keys: list[str]) -> None:
        for key in keys:
            if key not in self.people:
                self.people[key] = owner
                self.new_keys.append(PersonEmail(person=owner, key=key))

    def _describe(self, owner: Person, account: Account) -> None:
        """Where nobody has said yet what they are called; what directories say comes after."""
        if account.name and not owner.name:
            owner.name = account.name
            if owner.pk:
                self.changed[owner.pk] = owner


def decisions_of(instance: int, ids: Iterable[str]) -> dict[str, Decision]:
    """What was decided by hand about these accounts, by their ids in the app."""
    rows = Decision.objects.filter(instance=instance)
    if not rows.exists():
        return {}
    found = rows.filter(external_id__in=[own_id(number) for number in ids]).select_related("person")
    return {row.external_id: row for row in found}


def are_apart(one: Person, other: Person) -> bool:
    low, high = sorted((one.pk, other.pk))
    return bool(Distinct.objects.filter(one=low, other=high).exists())


def join(owner: Person, other: Person) -> None:
    """All that was the other's is the owner's, what was said by hand too."""
    Account.objects.filter(person=other).update(person=owner)
    PersonEmail.objects.filter(person=other).update(person=owner)
    Decision.objects.filter(person=other).update(person=owner)
    for pair in Distinct.objects.filter(Q(one=other) | Q(other=other)):
        third = pair.other_id if pair.one_id == other.pk else pair.one_id
        part(owner.pk, third)
    Person.objects.filter(manager=other).update(manager=owner)
    Person.objects.filter(pk=other.pk).update(merged_into=owner)
    tell_people({owner.pk, other.pk})


def part(one: int, other: int) -> bool:
    """Whether they were not known to be two people before."""
    if one == other:
        return False
    low, high = sorted((one, other))
    return bool(Distinct.objects.get_or_create(one_id=low, other_id=high)[1])
