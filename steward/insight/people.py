"""People: one row a human, with what they have and where they were last active."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from steward.insight.facts import Facts, moment_text
from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.books import closed_directories, is_standing_told, is_told
from steward.inventory.person import Person, PersonEmail
from steward.inventory.staff import Staff, is_believed, of_person

FEW = 1_000


def people() -> Any:
    """Everybody with an account that a person may see, removed ones included (who has left is still
    somebody), and whoever is on the imported people list, with an account or not. `leaver` says
    that they were let go by whoever decides it, and something still works.

    The figures of a row are counted while it is read; sort and narrow by what was told of people
    (`Person.told_leaver` and its like), so that nobody else's are counted for it."""
    current = _accounts().exclude(status=Account.REMOVED)
    latest = current.filter(last_active_at__isnull=False).order_by("-last_active_at")
    return (
        known_people()
        .annotate(
            holds=_count(current),
            works=_count(_accounts().filter(status=Account.ACTIVE)),
            last_active=Subquery(latest.values("last_active_at")[:1]),
            last_in=Subquery(latest.values("instance__name")[:1]),
        )
        .annotate(**_standing())
    )


def known_people() -> Any:
    """The same people, without their figures."""
    rows = Person.objects.filter(Q(told_accounts__gt=0) | ~Q(told_standing=Person.UNKNOWN))
    if is_told():
        return rows
    return rows.filter(Q(Exists(_accounts())) | Q(Exists(of_person(OuterRef(OuterRef("pk"))))))


def called(text: str) -> Q:
    """By name or any address. Addresses are kept folded (see `email_key`), and whom they find is
    looked up before: else the database would fold and compare them once for each of its workers."""
    known_as = PersonEmail.objects.filter(key__contains=text.casefold()).order_by()
    people: Any = known_as.values("person")
    few = list(known_as.values_list("person", flat=True)[: FEW + 1])
    found = Q(name__icontains=text) | Q(email__icontains=text)
    return found | Q(pk__in=few if len(few) <= FEW else people)


def how_many() -> int:
    return int(remembered(("people",), lambda: known_people().count(), Minds.FIGURES))


def _accounts() -> Any:
    return Account.objects.present().filter(person=OuterRef("pk"))


def _standing() -> dict[str, Any]:
    """As it was told, but for the moments after a deletion."""
    gone = list(closed_directories().values_list("pk", flat=True))
    there = Account.objects.filter(instance__in=gone, person=OuterRef("pk"))
    left = Q(told_standing=Person.LEFT) & ~Q(Exists(there))
    if not is_standing_told():
        known = _accounts().filter(directory.deciding())
        here = Q(status=Account.ACTIVE) | Q(attributes__suspended=True, removed_at=None)
        left = Q(Exists(known)) & ~Q(Exists(known.filter(here)))
        left = _with_list(left, Q(Exists(known)))
    leaver = Q(told_leaver=True) if is_told() else left & Q(works__gt=0)
    return {"has_left": _true(left), "leaver": _true(leaver)}


def _with_list(left: Q, known: Q) -> Q:
    """The people list speaks of those whom no directory knows, or, where it is believed, first."""
    rows = of_person(OuterRef(OuterRef("pk")))
    listed = Q(Exists(rows))
    gone = listed & ~Q(Exists(rows.exclude(standing=Staff.LEFT)))
    return gone | (~listed & left) if is_believed() else left | (~known & gone)


def _true(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _count(accounts: Any) -> Coalesce:
    counted = accounts.order_by().values("person").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


def facts_of(person: Any) -> Facts:
    """Of a row of `people()`."""
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "attributes": person.attributes,
        "manager": person.manager_id,
        "accounts": person.holds,
        "last_active_at": moment_text(person.last_active),
        "last_active_in": person.last_in,
        "has_left": person.has_left,
        "leaver": person.leaver,
    }
