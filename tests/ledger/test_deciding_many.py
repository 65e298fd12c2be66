"""One decision on all accounts that fit: taken at once, and written to them behind."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from steward.insight import bulk_decisions, evidence
from steward.inventory.edit import Edit
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import BulkDecision, Review, ReviewDecision, ReviewItem
from steward.ledger import deciding, deciding_many, reviews
from steward.notify import reviewing
from steward.work import sealing
from tests.insight.conftest import app, directory
from tests.ledger.reviewing import BY, begun, by, item, members, reviewed, say
from tests.processes import steward_on, wait_until

__all__ = ["app", "directory", "members", "reviewed"]
pytestmark = pytest.mark.django_db
UNDECIDED = {"decision": "undecided"}


@pytest.fixture
def behind(monkeypatch):
    monkeypatch.setattr(deciding_many, "FEW", 0)
    monkeypatch.setattr(deciding_many, "BATCH", 1)
    monkeypatch.setattr(sealing, "FEW", 0)


def take(review, member, decision="remove", comment="", **asked):
    asked = {**UNDECIDED, **asked}
    rows = bulk_decisions.fitting(review, asked)
    return deciding_many.decide_all(review, rows, decision, comment, by(member), asked)


def carry_on(bulk):
    while deciding_many.write_some(bulk.pk):
        pass
    bulk.refresh_from_db()
    return bulk


def decided(review):
    rows = ReviewItem.objects.filter(review=review)
    return dict(rows.values_list("external_id", "decision"))


def test_few_are_decided_at_once_and_it_is_written_down_who_asked_what(reviewed, members):
    review = begun()
    bulk = take(review, members["admin"], standing="left")
    assert (bulk.state, bulk.total, bulk.decided) == (BulkDecision.DONE, 1, 1)
    assert decided(review)["gone"] == "remove"
    told = Edit.objects.get(what="decided_many")
    assert told.by == BY
    assert told.after == {
        "decision": "remove",
        "accounts": 1,
        "asked": {"decision": "undecided", "standing": "left"},
    }
    assert bulk_decisions.in_words(bulk.asked) == "Decision: Undecided, Who: Has left"


def test_what_is_wrong_with_it_is_said_at_once(reviewed, members, behind):
    review = begun()
    with pytest.raises(Invalid, match="account of a person who has left"):
        take(review, members["admin"], "keep")
    with pytest.raises(deciding.NotTheirs):
        deciding_many.decide_all(
            review, review.items.all(), "keep", "", deciding.Decider("x", None, False), {}
        )
    assert not BulkDecision.objects.exists()


def test_it_is_dated_when_it_was_taken_and_done_once(reviewed, members, behind):
    review = begun()
    bulk = take(review, members["admin"], comment="Tidied")
    assert (bulk.state, bulk.looked_at, decided(review)["ann"]) == ("running", 0, "")
    assert not reviewing.waiting()
    carry_on(bulk)
    assert (bulk.state, bulk.total, bulk.decided) == ("done", 4, 4)
    row = item(review, "ann")
    assert (row.decided_at, row.decided_by, row.times) == (bulk.at, BY, 1)
    assert {d.bulk for d in ReviewDecision.objects.all()} == {bulk.pk}
    assert not deciding_many.write_some(bulk.pk)
    assert ReviewDecision.objects.count() == 4


def test_what_a_person_decides_meanwhile_wins(reviewed, members, behind):
    review = begun()
    bulk = take(review, members["admin"])
    say(review, members["admin"], "keep", "ann", "bot", comment="Needed")
    carry_on(bulk)
    assert decided(review) == {"ann": "keep", "bot": "keep", "gone": "remove", "rita": "remove"}
    assert (bulk.looked_at, bulk.decided) == (4, 2)
    assert bulk_decisions.facts_of(bulk)["left_alone"] == 2
    assert item(review, "ann").times == 1


def test_of_two_decisions_on_many_the_later_one_wins(reviewed, members, behind):
    review = begun()
    first = take(review, members["admin"], "remove")
    second = take(review, members["admin"], "keep", "Needed after all", standing="left")
    assert deciding_many.waiting() == [first.pk, second.pk]
    carry_on(first)
    carry_on(second)
    assert decided(review)["gone"] == "keep"
    assert (first.decided, second.decided) == (4, 1)
    assert item(review, "gone").comment == "Needed after all"


def test_a_reviewer_decides_what_is_theirs_and_not_what_was_given_away(reviewed, members, behind):
    review = begun()
    theirs = ReviewItem.objects.filter(review=review, reviewer=members["rita"])
    assert {row.external_id for row in theirs} == {"ann", "gone"}
    bulk = take(review, members["rita"])
    assert bulk.total == 2
    deciding.reassign(review, BY, by=BY, items=[item(review, "gone").pk])
    carry_on(bulk)
    assert decided(review) == {"ann": "remove", "gone": "", "bot": "", "rita": ""}


def test_it_is_not_closed_meanwhile_and_cancelling_stops_it(reviewed, members, behind):
    review = begun()
    bulk = take(review, members["admin"])
    deciding_many.write_some(bulk.pk)
    with pytest.raises(Conflict, match="still being written down") as refused:
        sealing.close(review, by=BY, even_undecided=True)
    assert refused.value.code == "deciding"
    reviews.cancel(review, by=BY)
    bulk.refresh_from_db()
    assert (bulk.state, bulk.decided) == (BulkDecision.STOPPED, 1)
    assert not deciding_many.write_some(bulk.pk)
    assert list(decided(review).values()).count("remove") == 1


def test_closing_is_an_act_and_sealing_comes_behind(reviewed, members, behind):
    review = begun()
    say(review, members["admin"], "remove")
    sealing.close(review, by=BY)
    assert (review.state, review.closed_by, review.digest) == (Review.CLOSING, BY, "")
    assert Edit.objects.get(what="closing").after == {"undecided": 0}
    for act in (
        lambda: say(review, members["admin"], "keep", "ann"),
        lambda: take(review, members["admin"]),
        lambda: deciding.reassign(review, BY, by=BY),
        lambda: reviews.change(review, {"name": "Other"}, by=BY),
        lambda: reviews.cancel(review, by=BY),
        lambda: sealing.close(review, by=BY),
    ):
        with pytest.raises(Conflict):
            act()
    assert sealing.waiting() == [review.pk]
    assert sealing.seal(review.pk)
    assert not sealing.seal(review.pk)
    review.refresh_from_db()
    assert (review.state, review.sealed, evidence.is_intact(review)) == (Review.CLOSED, 4, True)
    assert Edit.objects.get(what="closed").by == BY


MADE = """
from tests.ledger.many import make
from steward.ledger.deciding import Decider
from steward.ledger.deciding_many import decide_all
from steward.inventory.models import Review, ReviewItem
make(%d)
review = Review.objects.get()
decide_all(review, ReviewItem.objects.all(), "remove", "", Decider("x", None, True), {})
"""
CLOSE = """
from steward.inventory.models import Review
from steward.work import sealing
review = Review.objects.get()
sealing.close(review, by="x")
print(review.state)
"""
TOLD = """
import json
from django.db.models import Max
from steward.inventory.models import BulkDecision, Edit, Review, ReviewDecision, ReviewItem
bulk, review = BulkDecision.objects.get(), Review.objects.get()
print(json.dumps({
    "bulk": bulk.state, "looked_at": bulk.looked_at, "decided": bulk.decided,
    "items": ReviewItem.objects.filter(decision="remove").count(),
    "decisions": ReviewDecision.objects.count(),
    "most": ReviewItem.objects.aggregate(n=Max("times"))["n"],
    "review": review.state, "sealed": review.sealed, "digest": review.digest,
    "closed": Edit.objects.filter(what="closed").count(),
}))
"""
INTACT = """
from steward.inventory.models import Review
from steward.insight import evidence
print(evidence.is_intact(Review.objects.get()))
"""


def told(steward):
    return json.loads(steward.python(TOLD))


@pytest.fixture(params=["sqlite", "postgresql"])
def steward(request, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").database(request.function.__name__[5:20])
    with steward_on(tmp_path, url) as made:
        yield made


KILL = """
import os, signal, time
from steward.inventory.models import BulkDecision, Review
until = time.monotonic() + 60
while not %s:
    assert time.monotonic() < until
    time.sleep(0.02)
os.kill(%d, signal.SIGKILL)
"""
WRITING = "BulkDecision.objects.get().looked_at"
SEALING = "Review.objects.get().sealed"


def killed_when(steward, is_at_it):
    worker = steward.start("worker")
    steward.python(KILL % (is_at_it, worker.pid))
    assert worker.wait() == -signal.SIGKILL


def test_a_worker_killed_in_the_middle_is_followed_by_another(steward):
    count = 12_000
    steward.python(MADE % count)
    killed_when(steward, WRITING)
    left = told(steward)
    assert 0 < left["looked_at"] < count
    assert left["items"] == left["decisions"] == left["looked_at"]
    second = steward.start("worker")
    whole = wait_until(lambda: (now := told(steward))["bulk"] == "done" and now, why=steward.logs)
    assert whole["items"] == whole["decisions"] == whole["decided"] == count
    assert whole["most"] == 1
    second.send_signal(signal.SIGKILL)
    second.wait()
    assert steward.python(CLOSE).strip() == "closing"
    killed_when(steward, SEALING)
    assert told(steward)["review"] == "closing"
    steward.start("worker")
    end = wait_until(lambda: (now := told(steward))["review"] == "closed" and now, why=steward.logs)
    assert (end["sealed"], end["closed"], len(end["digest"])) == (count, 1, 64)
    assert steward.python(INTACT).strip() == "True"


WRITE = """
import time
from steward.ledger import deciding_many
from steward.work import sealing
time.sleep(max(0, %f - time.time()))
pk = deciding_many.waiting()[0]
turns = 1
while deciding_many.write_some(pk):
    turns += 1
print(turns)
"""


def test_two_workers_at_once_write_it_to_each_account_once(steward):
    steward.python(MADE % 6_000)
    at = time.time() + 4
    with ThreadPoolExecutor(2) as both:
        turns = [int(text) for text in both.map(steward.python, [WRITE % at] * 2)]
    now = told(steward)
    assert sum(turns) >= 6
    assert now["items"] == now["decisions"] == now["decided"] == 6_000
    assert (now["most"], now["bulk"]) == (1, "done")
