"""What runs in the background, as DBOS workflows. Each is one call into the layer below and may
be carried out again from the start: what is done already is found done."""

from __future__ import annotations

import time

from dbos import DBOS

from steward.inventory.review import Review
from steward.ledger import deciding_many, rates, review_items, shares, vendors
from steward.ledger.imports import behind
from steward.notify import reminding, reviewing, sending, webhooks, writing
from steward.sync.anew import describe_listed, describe_some
from steward.sync.deleting import purge_closed
from steward.sync.tallies import tell_waiting
from steward.sync.usage import tell_waiting as tell_waiting_usage
from steward.work import schedules, sealing
from steward.work.figures import tell_today
from steward.work.findings import tell as tell_findings
from steward.work.naming import name
from steward.work.threads import in_thread

# Of the time a batch of a purge has taken.
REST = 2.0
# Seconds between two batches of a decision on many accounts.
PAUSE = 0.1


@DBOS.workflow(name="purge")
def purge() -> None:
    _purge()


@DBOS.step(name="purge")
@in_thread
def _purge() -> None:
    """People look at pages meanwhile, so most of the time is left to them."""
    began = time.monotonic()
    while purge_closed():
        time.sleep(REST * (time.monotonic() - began))
        began = time.monotonic()


@DBOS.workflow(name="tell")
def tell() -> None:
    _tell()


@DBOS.step(name="tell")
@in_thread
def _tell() -> None:
    while tell_waiting():
        pass


@DBOS.workflow(name="usage")
def usage() -> None:
    _usage()


@DBOS.step(name="usage")
@in_thread
def _usage() -> None:
    while tell_waiting_usage():
        pass


@DBOS.workflow(name="describe")
def describe() -> None:
    _describe()


@DBOS.step(name="describe")
@in_thread
def _describe() -> None:
    while describe_some() or describe_listed():
        pass


@DBOS.workflow(name="count_money")
def count_money() -> None:
    _count_money()


@DBOS.step(name="count_money")
@in_thread
def _count_money() -> None:
    """Converted first, then matched, then shared out."""
    while rates.retell_some():
        pass
    vendors.match_new()
    while shares.tell_due():
        pass


@DBOS.workflow(name="figures")
def figures() -> None:
    _figures()


@DBOS.step(name="figures")
@in_thread
def _figures() -> None:
    tell_today()


@DBOS.workflow(name="findings")
def findings() -> None:
    _findings()


@DBOS.step(name="findings")
@in_thread
def _findings() -> None:
    tell_findings()


@DBOS.workflow(name="mail")
def mail() -> None:
    _mail()


@DBOS.step(name="mail")
@in_thread
def _mail() -> None:
    writing.write_mails()
    sending.send_due()


@DBOS.workflow(name="remind")
def remind() -> None:
    _remind()


@DBOS.step(name="remind")
@in_thread
def _remind() -> None:
    reminding.write_reminders()


@DBOS.workflow(name="deliver")
def deliver(webhook: int) -> None:
    _deliver(webhook)


@DBOS.step(name="deliver")
@in_thread
def _deliver(webhook: int) -> None:
    webhooks.deliver_due(webhook)


@DBOS.workflow(name="schedule_run")
def schedule_run(run_id: int) -> None:
    _schedule_run(run_id)


@DBOS.step(name="schedule_run")
@in_thread
def _schedule_run(run_id: int) -> None:
    schedules.carry_out(run_id)


@DBOS.workflow(name="import_file")
def import_file(task: int) -> None:
    _import_file(task)


@DBOS.step(name="import_file")
@in_thread
def _import_file(task: int) -> None:
    behind.carry_out(task, name())


@DBOS.workflow(name="remind_reviewers")
def remind_reviewers() -> None:
    _remind_reviewers()


@DBOS.step(name="remind_reviewers")
@in_thread
def _remind_reviewers() -> None:
    reviewing.write_review_mails()


@DBOS.workflow(name="start_reviews")
def start_reviews() -> None:
    _start_reviews()


@DBOS.step(name="start_reviews")
@in_thread
def _start_reviews() -> None:
    for review in Review.objects.filter(state=Review.STARTING):
        while review_items.write_some(review):
            pass


@DBOS.workflow(name="carry_on_reviews")
def carry_on_reviews() -> None:
    _carry_on_reviews()


@DBOS.step(name="carry_on_reviews")
@in_thread
def _carry_on_reviews() -> None:
    """Decisions on many accounts, and closing. People decide meanwhile, and must get through."""
    for pk in deciding_many.waiting():
        while deciding_many.write_some(pk):
            time.sleep(PAUSE)
    for pk in sealing.waiting():
        sealing.seal(pk)
