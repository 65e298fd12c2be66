"""Access reviews: whose accounts are written down, who decides, and what nobody may do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from steward.insight import evidence
from steward.insight import reviews as insight
from steward.insight.reports.review_items import ITEMS
from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import Review, ReviewDecision, ReviewItem
from steward.ledger import deciding, review_items, reviews
from steward.work import sealing
from tests.insight.conftest import LATELY, LONG_AGO, account, app, directory
from tests.ledger.reviewing import (
    BY,
    TODAY,
    begun,
    item,
    members,
    person,
    review_of,
    reviewed,
    say,
)
from tests.processes import steward_on

__all__ = ["app", "directory", "members", "reviewed"]
pytestmark = pytest.mark.django_db


def reviewers(review):
    rows = ReviewItem.objects.filter(review=review)
    return dict(rows.values_list("external_id", "reviewer_email"))


def test_accounts_are_written_down_as_they_are(reviewed, members):
    review = begun(days=90)
    assert review.state == Review.OPEN
    ann, gone, bot = (item(review, name) for name in ("ann", "gone", "bot"))
    assert (ann.days_active, ann.active_told, ann.role) == (4, "direct", "member")
    assert (gone.days_active, gone.standing, gone.person_name) == (0, "left", "Gone")
    assert (bot.kind, bot.person, bot.days_active) == ("service", None, 0)
    assert ann.read_at == reviewed.instance.streams.get(name="accounts").last_ok_at
    assert begun(days=30, name="Short").items.get(external_id="ann").days_active == 2
    reviewed.now_says()
    ann.refresh_from_db()
    assert (ann.name, ann.status) == ("Ann", "active")


def test_where_nobody_tells_of_use_it_is_not_known(app, members):
    app("chat", account("ann"))
    ann = item(begun(), "ann")
    assert (ann.days_active, ann.last_active, ann.active_told) == (None, None, "")


def test_the_last_use_alone_is_not_taken_for_days(app, members):
    app("chat", account("ann", last_active_at=LATELY), account("bob", last_active_at=LONG_AGO))
    review = begun(days=60)
    assert (item(review, "ann").days_active, item(review, "bob").days_active) == (None, 0)
    assert item(review, "ann").last_active is not None
    assert "not on which days" in insight.missing(review.sources.get())
    found = {
        used: [r["name"] for r in ITEMS.run({"used": used}).records()]
        for used in ("yes", "no", "unknown")
    }
    assert found == {"yes": ["Ann"], "no": ["Bob"], "unknown": []}


def test_managers_review_and_else_the_fallback(reviewed, members):
    assert reviewers(begun()) == {
        "ann": "rita@corp.example",
        "gone": "rita@corp.example",
        "rita": BY,
        "bot": BY,
    }


def test_an_owner_reviews_but_not_their_own_account(reviewed, members):
    Application.objects.filter(name="Scripted").update(technical_owner=person("rita"))
    found = reviewers(begun(way="technical_owner"))
    assert found["ann"] == found["bot"] == "rita@corp.example"
    assert found["rita"] == BY
    assert set(reviewers(begun(way="business_owner")).values()) == {BY}


def test_named_members_share_and_none_has_their_own(reviewed, members):
    found = reviewers(begun(way="members", who=["Rita@corp.example", members["bob"].pk]))
    assert set(found.values()) == {"rita@corp.example", "bob@corp.example"}
    assert found["rita"] == "bob@corp.example"
    members["bob"].is_active = False
    members["bob"].save()
    with pytest.raises(Invalid, match="may sign in"):
        review_of(way="members", who=["bob@corp.example"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"days": 45}, "days"),
        ({"applications": []}, "applications"),
        ({"applications": [{"application": 2**70}]}, "applications"),
        ({"way": "nobody"}, "applications"),
        ({"way": "members"}, "applications"),
        ({"fallback": "x@corp.example\x00"}, "fallback"),
    ],
)
def test_what_will_not_do_is_named(reviewed, members, wrong, field):
    with pytest.raises(Invalid) as refused:
        review_of(**wrong)
    assert [error.field for error in refused.value.errors] == [field]
    assert not Review.objects.exists()


def test_an_app_that_is_only_known_is_refused(reviewed, members):
    Application.objects.create(key="zoom", name="Zoom")
    with pytest.raises(Invalid, match="Zoom is not connected"):
        review_of(of="Zoom")


def test_only_the_reviewer_or_an_admin_decides(reviewed, members):
    review = begun()
    assert say(review, members["rita"], "keep", "ann") == 1
    with pytest.raises(deciding.NotTheirs):
        say(review, members["bob"], "remove", "ann")
    with pytest.raises(deciding.NotTheirs):
        say(review, members["rita"], "remove", "ann", "bot")
    assert say(review, members["admin"], "remove", "ann", comment="Too much") == 1
    ann = item(review, "ann")
    assert (ann.decision, ann.decided_by, ann.comment, ann.times) == ("remove", BY, "Too much", 2)
    assert list(ann.history.order_by("pk").values_list("decision", "by")) == [
        ("keep", "rita@corp.example"),
        ("remove", BY),
    ]
    assert say(review, members["admin"], "remove", "ann", comment="Too much") == 0
    nobody = deciding.Decider("token x", None, is_admin=False)
    with pytest.raises(deciding.NotTheirs):
        deciding.decide(review, ReviewItem.objects.all(), "keep", "Why", nobody)


def test_to_keep_who_has_left_needs_a_word(reviewed, members):
    review = begun()
    with pytest.raises(Invalid, match=r"has left\. Say why"):
        say(review, members["rita"], "keep", "ann", "gone", comment=" \x00")
    assert item(review, "ann").decision == ""
    assert say(review, members["rita"], "keep", "gone", comment="Handing over") == 1
    assert say(review, members["rita"], "remove", "gone") == 1
    for decision in ("", "perhaps"):
        with pytest.raises(Invalid):
            say(review, members["rita"], decision, "ann")


def test_what_is_undecided_goes_to_somebody_else(reviewed, members):
    review = begun()
    say(review, members["rita"], "keep", "ann")
    moved = deciding.reassign(review, "bob@corp.example", by=BY, of=members["rita"])
    assert moved == 1
    assert reviewers(review)["gone"] == "bob@corp.example"
    assert reviewers(review)["ann"] == "rita@corp.example"
    assert ReviewDecision.objects.get(reviewer="bob@corp.example").item.external_id == "gone"
    assert Edit.objects.get(what="reassigned").after["accounts"] == 1
    with pytest.raises(Invalid):
        deciding.reassign(review, "nobody@corp.example", by=BY)


def test_a_closed_review_changes_no_more(reviewed, members):
    review = begun()
    say(review, members["admin"], "keep", "ann", "bot")
    with pytest.raises(Invalid, match="2 accounts are not decided"):
        sealing.close(review, by=BY)
    review.refresh_from_db()
    assert review.state == Review.OPEN
    sealing.close(review, by=BY, even_undecided=True)
    assert evidence.is_intact(review)
    assert Edit.objects.get(what="closed").after == {"undecided": 2, "sha256": review.digest}
    for act in (
        lambda: say(review, members["admin"], "remove", "ann"),
        lambda: deciding.reassign(review, BY, by=BY),
        lambda: reviews.change(review, {"name": "Other"}, by=BY),
        lambda: reviews.cancel(review, by=BY),
        lambda: sealing.close(review, by=BY, even_undecided=True),
        lambda: reviews.start(review, by=BY),
    ):
        with pytest.raises(Conflict):
            act()
    assert evidence.is_intact(review)
    ReviewItem.objects.filter(external_id="bot").update(decision="remove")
    assert evidence.is_intact(review) is False


def test_what_can_be_changed_depends_on_how_far_it_is(reviewed, members):
    review = review_of()
    found = Application.objects.get(name="Scripted directory")
    chosen = [{"application": found.pk, "way": "manager"}]
    assert reviews.change(review, {"days": 30, "applications": chosen}, by=BY)
    assert review.applications.get().application == found
    reviews.start(review, by=BY)
    assert reviews.change(review, {"due_on": TODAY + timedelta(days=3)}, by=BY)
    with pytest.raises(Conflict, match="It has started"):
        reviews.change(review, {"days": 60}, by=BY)
    Review.objects.update(due_on=TODAY - timedelta(days=1))
    assert reviews.change(review, {"due_on": TODAY - timedelta(days=1), "name": "Late"}, by=BY)
    reviews.cancel(review, by=BY)
    assert review.state == Review.CANCELLED
    assert not review.digest


def test_many_are_written_down_behind_in_batches(reviewed, members, monkeypatch):
    monkeypatch.setattr(reviews, "FEW", 1)
    monkeypatch.setattr(review_items, "BATCH", 2)
    review = begun()
    assert review.state == Review.STARTING
    with pytest.raises(Conflict, match="starting"):
        say(review, members["admin"], "keep", "ann")
    steps = 0
    while review_items.write_some(review):
        steps += 1
    review.refresh_from_db()
    assert (review.state, review.items.count(), steps) == (Review.OPEN, 4, 3)
    assert not review_items.write_some(review)


MADE = """
from tests.ledger.many import make
make(%d)
"""
# Either may take long to start on a busy machine.
MEET = """
import pathlib, time
def meet(name):
    place = pathlib.Path(%r)
    (place / name).touch()
    while len(list(place.iterdir())) < 2:
        time.sleep(0.01)
"""
WORK = """
from steward.inventory.models import Member, Review, ReviewItem
from steward.ledger.deciding import Decider, decide
from steward.inventory.problems import Conflict
review, admin = Review.objects.get(), Member.objects.get()
who = Decider("x", admin, True)
meet("work")
done = 0
for item in ReviewItem.objects.order_by("pk"):
    try:
        done += decide(review, ReviewItem.objects.filter(pk=item.pk), "keep", "", who)
    except Conflict:
        break
print(done)
"""
CLOSE = """
from steward.inventory.models import Review, ReviewItem
from steward.work import sealing
from steward.insight import evidence
review = Review.objects.get()
meet("close")
time.sleep(0.4)
sealing.close(review, by="x", even_undecided=True)
sealing.seal(review.pk)
print(ReviewItem.objects.exclude(decision="").count())
"""
INTACT = """
from steward.inventory.models import Review, ReviewItem
from steward.insight import evidence
print(evidence.is_intact(Review.objects.get()), ReviewItem.objects.exclude(decision="").count())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_decided_after_it_was_closed_however_close_in_time(kind, request, tmp_path):
    url = ""
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database("sealing")
    with steward_on(tmp_path, url) as steward:
        steward.python(MADE % 2_500)
        place = tmp_path / "place"
        place.mkdir()
        meet = MEET % str(place)
        with ThreadPoolExecutor(2) as both:
            told = list(both.map(steward.python, [meet + WORK, meet + CLOSE]))
        done, when_closed = (int(text) for text in told)
        assert 0 < done < 2_500
        assert when_closed == done
        assert steward.python(INTACT).split() == ["True", str(done)]
