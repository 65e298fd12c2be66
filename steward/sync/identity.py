"""Saying by hand who is who. Each act is one transaction, is recorded, and can be undone.

Whose an account is follows from two things alone: what was decided about it, or else whose its
address is. The acts change these two, and the accounts of the people concerned are matched anew,
as they are in every later sync. Who was parted by hand is joined by no directory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.identity import SERVICE, SHARED, Decision, Distinct, IdentityChange
from steward.inventory.matching import keys_of
from steward.inventory.person import Person, PersonEmail
from steward.sync.describing import describe
from steward.sync.people import are_apart, join, match_anew, part
from steward.sync.problems import Conflict
from steward.sync.tallies import tell_people
from steward.sync.writers.tallies import alone

NOBODYS = (SERVICE, SHARED)


@transaction.atomic
def decide(
    account: Account, *, by: str, person: Person | None = None, kind: str = ""
) -> IdentityChange:
    """The account is that person's; or nobody's, being a service or shared account (`kind`); or,
    with neither, that of somebody who is not known yet."""
    alone()
    before = account.person
    if person is None and not kind:
        person = _somebody(account)
    moved = {
        "accounts": [_ref(account)],
        "kinds": [[*_ref(account), account.kind, kind or account.kind]],
        "decisions": [_decided(account, person, kind)],
        "addresses": _taught(account, person),
    }
    _settle(accounts=moved["accounts"])
    return _recorded(IdentityChange.DECIDED, person, before, by, moved)


@transaction.atomic
def merge(keep: Person, other: Person, *, by: str) -> IdentityChange:
    """All accounts and addresses of the other are the kept one's."""
    if keep.pk == other.pk:
        raise Conflict("These are one person already.", code="same_person")
    alone()
    addresses = PersonEmail.objects.filter(person=other)
    decisions = Decision.objects.filter(person=other)
    moved: dict[str, Any] = {
        "addresses": [[a.key, other.pk, keep.pk] for a in addresses],
        "decisions": [
            [d.instance_id, d.external_id, _facts(d), {"person": keep.pk, "kind": ""}]
            for d in decisions
        ],
        "accounts": [_ref(a) for a in _accounts_of([other.pk]).select_related("instance")],
        "names": [[keep.pk, "", other.name]] if other.name and not keep.name else [],
        "joined": [[keep.pk, other.pk]] if are_apart(keep, other) else [],
    }
    _rename(moved["names"])
    _unpart(moved["joined"])
    join(keep, other)
    describe([keep.pk])
    return _recorded(IdentityChange.MERGED, keep, other, by, moved)


@transaction.atomic
def split(person: Person, accounts: Sequence[Account], *, by: str) -> IdentityChange:
    """These accounts are somebody else's: a new person, with the addresses that only they have."""
    if not accounts or any(account.person_id != person.pk for account in accounts):
        raise Conflict(f"Choose accounts that are {person}'s.", code="not_theirs")
    rest = _accounts_of([person.pk]).exclude(pk__in=[account.pk for account in accounts])
    if not rest.exists():
        raise Conflict(f"Leave {person} at least one account.", code="all_accounts")
    alone()
    somebody = _somebody(accounts[0])
    kept = {key for account in rest for key in keys_of(account)[:1]}
    keys = {key for account in accounts for key in keys_of(account)} - kept
    addresses = PersonEmail.objects.filter(person=person, key__in=keys)
    moved: dict[str, Any] = {
        "addresses": [[a.key, person.pk, somebody.pk] for a in addresses],
        "decisions": [_decided(account, somebody, "") for account in accounts],
        "accounts": [_ref(account) for account in accounts],
        "parted": [[person.pk, somebody.pk]],
    }
    addresses.update(person=somebody)
    part(person.pk, somebody.pk)
    _settle(people=[person.pk, somebody.pk])
    return _recorded(IdentityChange.SPLIT, person, somebody, by, moved)


@transaction.atomic
def keep_apart(one: Person, other: Person, *, by: str) -> IdentityChange:
    """They look like one and are two."""
    if not part(one.pk, other.pk):
        raise Conflict("They are known to be two people already.", code="known_apart")
    moved = {"parted": [[one.pk, other.pk]]}
    return _recorded(IdentityChange.KEPT_APART, one, other, by, moved)


@transaction.atomic
def undo(change: IdentityChange, *, by: str) -> None:
    """Put back what the act has moved, wherever later merges have carried it."""
    rows = IdentityChange.objects.filter(pk=change.pk, undone_at=None)
    if not rows.update(undone_at=timezone.now(), undone_by=by):
        raise Conflict("This was undone already.", code="undone")
    alone()
    moved: dict[str, Any] = defaultdict(list, change.moved)
    concerned = _put_back(change, moved)
    for instance, external_id, before, after in moved["kinds"]:
        _account(instance, external_id).filter(kind=after).update(kind=before)
    _settle(people=concerned, accounts=moved["accounts"])


def _put_back(change: IdentityChange, moved: dict[str, Any]) -> set[int]:
    """The people whose accounts may be somebody else's now."""
    people = {p.pk for p in (change.person, change.other) if p}
    now = {number: person.now().pk for number, person in Person.objects.in_bulk(people).items()}
    if change.what == IdentityChange.MERGED and change.person and change.other:
        Person.objects.filter(pk=change.other.pk).update(merged_into=None)
        Person.objects.filter(manager=now[change.person.pk]).update(manager_sought=True)
        part(now[change.person.pk], change.other.pk)
    _unpart(moved["parted"])
    for one, other in moved["joined"]:
        part(one, other)
    for instance, external_id, before, after in moved["decisions"]:
        _restore(instance, external_id, before, now.get(after["person"], after["person"]))
    for key, before, after in moved["addresses"]:
        rows = PersonEmail.objects.filter(key=key, person=now.get(after, after))
        rows.update(person=before) if before else rows.delete()
    _rename([[person, after, before] for person, before, after in moved["names"]])
    return people | set(now.values())


def _settle(people: Collection[int] = (), accounts: Iterable[Sequence[Any]] = ()) -> None:
    """Whose the accounts of these people are, and these accounts, by what is known now."""
    chosen = Q(person__in=list(people))
    for instance, external_id in accounts:
        chosen |= Q(instance__pk=instance, external_id=external_id)
    found = Account.objects.present().filter(chosen).values_list("pk", "person")
    before = dict(found)
    rows = Account.objects.filter(pk__in=list(before))
    match_anew(rows)
    describe(sorted(people))
    after = rows.values_list("person", flat=True)
    tell_people({*people, *before.values(), *after})


def _somebody(account: Account) -> Person:
    name = account.name or account.username
    person: Person = Person.objects.create(name=name, email=account.email)
    return person


def _accounts_of(people: Iterable[int]) -> Any:
    return Account.objects.present().filter(person__in=list(people))


def _account(instance: int, external_id: str) -> Any:
    found = Account.objects.present().filter(instance__pk=instance, external_id=external_id)
    return Account.objects.filter(pk__in=list(found.values_list("pk", flat=True)))


def _taught(account: Account, person: Person | None) -> list[Any]:
    """Addresses that were nobody's are the owner's from now on."""
    if person is None:
        return []
    known = PersonEmail.objects.filter(key__in=keys_of(account)).values_list("key", flat=True)
    new = [key for key in keys_of(account) if key not in set(known)]
    PersonEmail.objects.bulk_create([PersonEmail(person=person, key=key) for key in new])
    return [[key, None, person.pk] for key in new]


def _rename(names: Iterable[Sequence[Any]]) -> None:
    for person, before, after in names:
        Person.objects.filter(pk=person, name=before).update(name=after)


def _unpart(pairs: Iterable[Sequence[int]]) -> None:
    for pair in pairs:
        low, high = sorted(pair)
        Distinct.objects.filter(one=low, other=high).delete()


def _decided(account: Account, person: Person | None, kind: str) -> list[Any]:
    """Writes the decision; what it was before and is now."""
    instance, external_id = _ref(account)
    key = {"instance_id": instance, "external_id": external_id}
    old = Decision.objects.filter(**key).first()
    before = _facts(old) if old else None
    now, _ = Decision.objects.update_or_create(**key, defaults={"person": person, "kind": kind})
    return [instance, external_id, before, _facts(now)]


def _restore(instance: int, external_id: str, before: Any, person: int | None) -> None:
    """Where somebody has decided anew since, that stands."""
    rows = Decision.objects.filter(instance=instance, external_id=external_id, person=person)
    if before is None:
        rows.delete()
    else:
        rows.update(person=before["person"], kind=before["kind"])


def _ref(account: Account) -> list[Any]:
    return [account.instance.pk, account.external_id]


def _facts(decision: Decision) -> dict[str, Any]:
    return {"person": decision.person_id, "kind": decision.kind}


def _recorded(
    what: str, person: Person | None, other: Person | None, by: str, moved: dict[str, Any]
) -> IdentityChange:
    change: IdentityChange = IdentityChange.objects.create(
        what=what, person=person, other=other, by=by, moved=moved
    )
    return change
