"""Mails of access reviews: who is asked and reminded, once each, by real SMTP."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from steward.inventory.edit import Edit
from steward.inventory.mail import Mail
from steward.inventory.member import Member
from steward.inventory.problems import Conflict
from steward.inventory.review import Review
from steward.ledger import deciding, reviews
from steward.notify import sending
from steward.notify.reviewing import remind_now, waiting, write_review_mails
from tests.insight.conftest import app, directory
from tests.ledger.reviewing import BY, TODAY, begun, members, review_of, reviewed, say
from tests.notify.test_mails import inbox
from tests.processes import steward_on, wait_until

__all__ = ["app", "directory", "inbox", "members", "reviewed"]
pytestmark = pytest.mark.django_db
RITA = "rita@corp.example"


def told():
    rows = Mail.objects.order_by("pk").values_list("to", "subject")
    found = list(rows)
    Mail.objects.all().delete()
    return found


def on(days):
    return TODAY + timedelta(days=days)


def test_each_reviewer_is_asked_and_reminded_once_as_the_days_go_by(reviewed, members):
    begun()
    seen = {}
    for day in range(25):
        write_review_mails(on(day))
        write_review_mails(on(day))
        if mails := told():
            seen[day] = mails
    said = {
        0: "Quarter 4: 2 accounts for you to review",
        13: "Quarter 4 is due in 7 days: 2 accounts left",
        19: "Quarter 4 is due tomorrow: 2 accounts left",
        21: "Quarter 4 is overdue: 2 accounts left",
    }
    assert seen == {day: [(BY, text), (RITA, text)] for day, text in said.items()}


def test_a_day_that_had_passed_when_it_began_is_not_told(reviewed, members):
    begun(due_on=on(3))
    write_review_mails()
    assert [subject for _, subject in told()] == ["Quarter 4: 2 accounts for you to review"] * 2
    write_review_mails(on(1))
    assert told() == []


def test_a_day_that_moves_is_told_anew(reviewed, members):
    review = begun()
    write_review_mails()
    write_review_mails(on(13))
    told()
    reviews.change(review, {"due_on": on(40)}, by=BY)
    assert write_review_mails(on(14)) == 0
    assert write_review_mails(on(33)) == 2


def test_whoever_gets_accounts_later_is_asked_and_who_is_off_gets_nothing(reviewed, members):
    review = begun()
    write_review_mails()
    told()
    deciding.reassign(review, "bob@corp.example", by=BY, of=members["rita"])
    assert write_review_mails() == 1
    assert told() == [("bob@corp.example", "Quarter 4: 2 accounts for you to review")]
    Member.objects.filter(email="bob@corp.example").update(is_active=False)
    say(review, members["admin"], "keep", "rita", "bot")
    assert write_review_mails(on(30)) == 1
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (BY, "Quarter 4 is overdue")
    assert "bob@corp.example: 2" in mail.body


def test_the_maker_hears_when_all_is_decided(reviewed, members):
    review = begun()
    write_review_mails()
    say(review, members["admin"], "remove")
    told()
    assert waiting() == [review.pk]
    assert [write_review_mails(), write_review_mails()] == [1, 0]
    assert told() == [(BY, "Quarter 4: all is decided")]
    say(review, members["admin"], "keep", comment="Back again")
    assert waiting() == []


def test_what_is_not_open_asks_nobody(reviewed, members):
    draft = review_of()
    assert write_review_mails() == 0
    with pytest.raises(Conflict):
        remind_now(draft, by=BY)
    reviews.start(draft, by=BY)
    reviews.cancel(draft, by=BY)
    assert write_review_mails(on(60)) == 0


def test_reminding_now_is_recorded_and_not_done_twice_at_once(reviewed, members):
    review = begun()
    assert remind_now(review, by=BY, only=members["rita"]) == 1
    assert remind_now(review, by=BY) == 1
    assert remind_now(review, by=BY) == 0
    assert sorted(to for to, _ in told()) == [BY, RITA]
    assert Edit.objects.filter(what="reminded").count() == 2
    review.reminders.update(at=Review.objects.get().created_at - timedelta(hours=1))
    assert remind_now(review, by=BY, only=members["rita"]) == 1


def test_the_mail_arrives_and_says_what_to_do_and_where(inbox, settings, reviewed, members):
    settings.STEWARD_BASE_URL = "https://steward.corp.example"
    review = begun(name="Q4\r\nBcc: x@evil.example", description="Ask when in doubt.")
    write_review_mails()
    assert sending.send_due() == 2
    body = Mail.objects.get(to=RITA).body
    assert "2 accounts wait for your decision" in body
    assert f"due on {review.due_on:%-d %B %Y}" in body
    assert "Ask when in doubt." in body
    where = f"/secure/reviews/{review.pk}/items/?reviewer={members['rita'].pk}&decision=undecided"
    assert f"https://steward.corp.example{where}" in body
    assert all("\nBcc:" not in raw for _, raw in inbox.mails)


MADE = "from tests.ledger.many import make\nmake(5)"
WORK = """
import time
from steward.notify.reviewing import write_review_mails
time.sleep(max(0, %f - time.time()))
print(write_review_mails())
"""
COUNT = """
from steward.inventory.models import Mail, Review, ReviewReminder
print(Mail.objects.count(), ReviewReminder.objects.count())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_workers_at_once_ask_once(kind, request, tmp_path):
    url = ""
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database("asking")
    with steward_on(tmp_path, url) as steward:
        steward.python(MADE)
        with ThreadPoolExecutor(2) as both:
            written = list(both.map(steward.python, [WORK % (time.time() + 3)] * 2))
        assert sorted(text.strip() for text in written) == ["0", "1"]
        assert steward.python(COUNT).split() == ["1", "1"]


BEHIND = """
from steward.inventory.models import Account, Review, ReviewItem
ReviewItem.objects.all().delete()
Review.objects.update(state="starting", started_at=None)
review = Review.objects.get()
review.sources.update(is_done=False, done_to=0)
"""
STATE = """
from steward.inventory.models import Mail, Review, ReviewItem
print(Review.objects.get().state, ReviewItem.objects.count(), Mail.objects.count())
"""


def test_a_worker_starts_it_and_asks_by_itself(tmp_path):
    with steward_on(tmp_path) as steward:
        steward.python(MADE)
        steward.python(BEHIND)
        steward.start("worker")
        done = ["open", "5", "0"]
        wait_until(lambda: steward.python(STATE).split()[:2] == done[:2], 60, steward.logs)
