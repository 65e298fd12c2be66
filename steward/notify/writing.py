"""From moments to mails and to webhooks: only edges are worth a mail, never every run.

A moment is marked as told in the transaction that writes its mails and messages, so each is told
once, however many workers look, and none is lost.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from steward.inventory.instance import Moment
from steward.inventory.lifecycle import Event, State
from steward.inventory.mail import Mail, Recipient
from steward.notify import webhooks
from steward.notify.admins import admins
from steward.notify.events import data_of, event_of
from steward.notify.wording import letter

BATCH = 100


def write_mails() -> int:
    """How many mails were written."""
    waiting = Moment.objects.filter(notified_at=None).order_by("pk")
    return sum(_tell(moment) for moment in waiting.select_related("instance")[:BATCH])


@transaction.atomic
def _tell(moment: Moment) -> int:
    told = Moment.objects.filter(pk=moment.pk, notified_at=None)
    if not told.update(notified_at=timezone.now()):
        return 0
    if event := event_of(moment):
        webhooks.announce(event, data_of(moment, settings.STEWARD_BASE_URL))
    if not is_edge(moment):
        return 0
    letters = [_mail(moment, address) for address in recipients(moment)]
    Mail.objects.bulk_create(letters)
    return len(letters)


def is_edge(moment: Moment) -> bool:
    """The first sync's end, good or bad; a failure after a success and the other way round;
    revoked; removals held; a credential that ends soon. Each is a change of state by the system,
    or says so by name."""
    if moment.event in ("removals_held", "secret_expires", Event.REFUSED):
        return True
    is_verdict = moment.event in (Event.SUCCEEDED, Event.FAILED)
    return is_verdict and moment.before != moment.after and moment.before != State.DELETING


def recipients(moment: Moment) -> list[str]:
    """Those who were named; else whoever connected the instance. Where that is nobody (it was
    done on the command line, or the member is gone) all admins are, so that nothing is lost."""
    named = list(Recipient.objects.order_by("email").values_list("email", flat=True))
    if named:
        return named
    creator = moment.instance.created_by if moment.instance else None
    if creator and creator.is_active:
        return [creator.email]
    return admins()


def _mail(moment: Moment, address: str) -> Mail:
    subject, body = letter(moment, settings.STEWARD_BASE_URL)
    return Mail(to=address, subject=subject, body=body, moment=moment)
