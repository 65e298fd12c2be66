"""The licences that an instance shows: each has a row of its own that a price can be given to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from steward.inventory.account import Account
from steward.inventory.holdings import License, Seat
from steward.inventory.instance import Instance
from steward.inventory.licence import LicenceType

UNNAMED = "Paid seats"


def know_licences(book: int) -> None:
    """When the book is told. One that the app calls otherwise now is called so here too; one that
    is not read any more stays, with its prices."""
    application = Instance.objects.filter(book=book).values_list("application", flat=True).first()
    if application is None:
        return
    found = dict(_read(book, application))
    if not found:
        return
    known = list(LicenceType.objects.filter(application=application, key__in=found))
    new = found.keys() - {row.key for row in known}
    made = [LicenceType(application_id=application, key=k, name=found[k]) for k in sorted(new)]
    LicenceType.objects.bulk_create(made, ignore_conflicts=True)
    for row in known:
        if not row.key.startswith(LicenceType.BY_HAND) and row.name != found[row.key]:
            LicenceType.objects.filter(pk=row.pk).update(name=found[row.key])


def _read(book: int, application: int) -> Iterator[tuple[str, str]]:
    """Key and name."""
    for key, name in (
        License.objects.held().filter(instance=book).values_list("external_id", "name")
    ):
        yield key, name or key
    by_hand = LicenceType.objects.filter(
        application=application, key__startswith=LicenceType.BY_HAND, counted=LicenceType.SEATS
    )
    named = Exists(Seat.objects.held().filter(account=OuterRef("pk")))
    holders = Account.objects.filter(instance=book, holds_seat=True).exclude(status=Account.REMOVED)
    if not by_hand.exists() and holders.filter(~named).exists():
        yield LicenceType.UNNAMED, UNNAMED
