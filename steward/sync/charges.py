"""What an app's books show: from which day they are read, and what is gone from them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from steward.inventory.account import Account
from steward.inventory.charge import Charge
from steward.inventory.duplicates import take_away
from steward.inventory.instance import StreamState
from steward.inventory.run import Run
from steward.sdk.context import CHARGES_REACH

# Cards settle and vendors give back within this; what is older does not change any more.
READ_AGAIN = timedelta(days=100)


def begin(run: Run) -> date:
    """The same day for every attempt at a run."""
    states = StreamState.objects.filter(instance=run.instance_id, name="charges")
    known = states.filter(last_ok_at__isnull=False).exists()
    return (run.created_at - (READ_AGAIN if known else CHARGES_REACH)).date()


def settle(run: Run, *, complete: bool) -> None:
    """Cards change hands, and people are joined and parted: who paid is looked up anew."""
    rows = Charge.objects.filter(book=run.book)
    account = Account.objects.filter(instance=run.book, external_id=OuterRef("paid_by"))
    rows.exclude(paid_by="").update(person=Subquery(account.values("person")[:1]))
    if complete:
        take_away(rows.filter(day__gte=begin(run)).exclude(seen=run.pk))
