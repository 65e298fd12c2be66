"""The pages of access reviews: making one, deciding as a Reader, closing, evidence, Home."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.inventory.application import Application
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.inventory.review import Review, ReviewApplication, ReviewItem
from tests.insight.conftest import app, directory
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
from tests.web.test_applications import BACKEND, page

__all__ = ["app", "directory", "members", "reviewed"]
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_(client, members):
    def as_(name):
        client.force_login(members[name], backend=BACKEND)
        return client

    return as_


def form(reviewed, **more):
    number = reviewed.instance.application_id
    return {
        "name": "Quarter 4",
        "due_on": str(TODAY + timedelta(days=9)),
        "days": "60",
        "fallback": str(Member.objects.get(email=BY).pk),
        "application": [str(number)],
        f"who-{number}": "manager",
        **more,
    }


def test_one_is_made_and_started(as_, reviewed, members):
    client = as_("admin")
    Application.objects.filter(name="Scripted").update(technical_owner=person("rita"))
    shown = page(client, "/secure/reviews/new/")
    row = shown.partition(">Scripted</label>")[2].partition("</tr>")[0]
    assert '<option value="technical_owner" selected>' in row
    answer = client.post("/secure/reviews/new/", form(reviewed, start="yes"), follow=True)
    shown = answer.content.decode()
    review = Review.objects.get()
    assert (review.state, review.days, review.created_by) == ("open", 60, members["admin"])
    assert "Quarter 4 is open." in shown
    assert f"?reviewer={members['rita'].pk}" in shown
    assert "On which data" in shown
    assert "Quarter 4" in page(client, "/secure/reviews/").partition("<tbody>")[2]


def test_however_many_applications_there_are_members_are_asked_for_once(as_, app):
    def members_asked_for():
        with CaptureQueriesContext(connection) as asked:
            page(as_("admin"), "/secure/reviews/new/")
        return sum("is_active" in query["sql"] for query in asked)

    app("One")
    before = members_asked_for()
    for number in range(5):
        made = Application.objects.create(name=f"App {number}", key=f"app{number}")
        instance = app(f"App {number}").instance
        Instance.objects.filter(pk=instance.pk).update(application=made)
    assert "App 4" in page(as_("admin"), "/secure/reviews/new/")
    assert members_asked_for() == before


def test_named_members_are_one_or_share(as_, reviewed, members):
    client, number = as_("admin"), reviewed.instance.application_id
    one = {f"who-{number}": f"member-{members['bob'].pk}"}
    client.post("/secure/reviews/new/", form(reviewed, **one))
    assert ReviewApplication.objects.get().members == [members["bob"].pk]
    both = [str(members[name].pk) for name in ("bob", "rita")]
    client.post("/secure/reviews/1/edit/", form(reviewed, **{f"who-{number}": "members"}))
    made = Review.objects.get()
    path = f"/secure/reviews/{made.pk}/edit/"
    share = {f"who-{number}": "members"}
    refused = client.post(path, form(reviewed, **share))
    assert refused.status_code == 422
    assert "Say which members review Scripted." in refused.content.decode()
    client.post(path, form(reviewed, sharing=both, **share))
    assert ReviewApplication.objects.get().members == [int(pk) for pk in both]
    assert made.state == Review.DRAFT


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(as_, reviewed):
    client = as_("admin")
    wrong = form(reviewed, name="", due_on="2020-01-01", description="Kept <text>")
    answer = client.post("/secure/reviews/new/", wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Give it a name" in shown
    assert "This day has passed." in shown
    assert "Kept &lt;text&gt;" in shown
    number = reviewed.instance.application_id
    assert re.search(rf'value="{number}" id="app-{number}" checked', shown)
    assert not Review.objects.exists()
    none = client.post("/secure/reviews/new/", form(reviewed, application=[]))
    assert "Choose at least one application." in none.content.decode()


def test_a_reader_decides_on_what_is_theirs_and_on_nothing_else(as_, reviewed, members):
    review, client = begun(), as_("rita")
    path = f"/secure/reviews/{review.pk}"
    shown = page(client, f"{path}/items/", reviewer=members["rita"].pk)
    assert 'aria-label="Keep Ann"' in shown
    assert 'aria-label="Keep =Bot"' not in page(client, f"{path}/items/")
    ann, bot, gone = (item(review, name) for name in ("ann", "bot", "gone"))
    answer = client.post(f"{path}/items/{ann.pk}/", {"decision": "remove"}, headers=HTMX)
    assert answer.status_code == 200
    assert "rita@corp.example" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    said = {"decision": "keep", "comment": "Mine"}
    assert client.post(f"{path}/items/{bot.pk}/", said).status_code == 403
    both = {**said, "chosen": [ann.pk, bot.pk]}
    client.post(f"{path}/decide/", both)
    found = {i.external_id: i.decision for i in ReviewItem.objects.filter(review=review)}
    assert found == {"ann": "keep", "bot": "", "gone": "", "rita": ""}
    answer = client.post(f"{path}/items/{gone.pk}/", {"decision": "keep"}, headers=HTMX)
    assert answer.status_code == 422
    assert "has left. Say why" in answer.content.decode()
    assert 'aria-describedby="wrong-' in answer.content.decode()
    for act in ("edit", "start", "close", "cancel", "remind", "reassign"):
        assert client.post(f"{path}/{act}/", {"reviewer": members["rita"].pk}).status_code == 403
    assert client.post(f"{path}/items/999999/", said).status_code == 404


def test_who_reviews_nothing_decides_nothing(as_, reviewed, members):
    review, client = begun(), as_("bob")
    path = f"/secure/reviews/{review.pk}"
    shown = page(client, f"{path}/items/")
    assert "Decide many at once" not in shown
    assert 'aria-label="Keep' not in shown
    every = {"decision": "remove", "which": "all"}
    client.post(f"{path}/decide/", every)
    assert not ReviewItem.objects.exclude(decision="").exists()
    assert client.post(f"{path}/items/{item(review, 'ann').pk}/", every).status_code == 403


def test_many_are_decided_at_once(as_, reviewed, members):
    review, client = begun(), as_("admin")
    path = f"/secure/reviews/{review.pk}/decide/"
    nothing = client.post(path, {"decision": "keep"}, follow=True).content.decode()
    assert "Tick accounts first" in nothing
    left = client.post(path, {"decision": "keep", "which": "all"}, follow=True).content.decode()
    assert "Say why it is kept." in left
    assert not ReviewItem.objects.exclude(decision="").exists()
    shown = page(client, path.replace("decide", "items"), decision="undecided", used="no")
    assert '<input type="hidden" name="only-used" value="no">' in shown
    only = {"only-used": "no", "only-decision": "undecided", "only-standing": "here"}
    narrowed = {"which": "all", "decision": "remove", **only}
    done = client.post(path, narrowed, follow=True).content.decode()
    assert "Decided: 1 account." in done
    assert item(review, "rita").decision == "remove"
    back = client.post(path, {"chosen": [item(review, "ann").pk], "decision": "keep",
                              "next": "https://evil.example/"})  # fmt: skip
    assert back.url == f"/secure/reviews/{review.pk}/items/"


def test_closing_asks_what_is_left_and_gives_evidence(as_, reviewed, members):
    review, client = begun(), as_("admin")
    path = f"/secure/reviews/{review.pk}"
    say(review, members["admin"], "remove", "ann", "bot", "gone")
    assert "1 account is undecided" in page(client, f"{path}/close/")
    assert client.post(f"{path}/close/").status_code == 422
    client.post(f"{path}/close/", {"even_undecided": "yes"})
    review.refresh_from_db()
    assert review.state == Review.CLOSED
    shown = page(client, f"{path}/")
    assert review.digest in shown
    assert "is what it was when the review was closed" in page(client, f"{path}/?check=yes")
    file = b"".join(client.get(f"{path}/evidence/").streaming_content)
    assert hashlib.sha256(file).hexdigest() == review.digest
    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        got = client.get(f"{path}/evidence/", {"format": kind})
        assert b"".join(got.streaming_content).startswith(begins)
    page(client, f"{path}/evidence/", 404, format="exe")
    one = client.post(f"{path}/items/{item(review, 'ann').pk}/", {"decision": "keep"}, headers=HTMX)
    assert one.status_code == 422
    assert item(review, "ann").decision == "remove"
    removals = page(client, f"{path}/removals/")
    assert "still works" in removals
    assert "Steward takes nothing away" in removals
    assert 'name="chosen"' not in page(client, f"{path}/items/")


def test_reminding_giving_over_and_cancelling(as_, reviewed, members):
    review, client = begun(), as_("admin")
    path = f"/secure/reviews/{review.pk}"
    told = client.post(f"{path}/remind/", {"reviewer": members["rita"].pk}, follow=True)
    assert "1 mail is on the way." in told.content.decode()
    given = {"of": members["rita"].pk, "reviewer": members["bob"].pk}
    told = client.post(f"{path}/reassign/", given, follow=True).content.decode()
    assert "2 accounts given over." in told
    assert "2 to bob@corp.example" in told
    assert client.post(f"{path}/reassign/", {"reviewer": "x"}).status_code == 422
    client.post(f"{path}/cancel/")
    assert "Cancelled" in page(client, f"{path}/")
    assert "cannot be done" in client.post(f"{path}/start/", follow=True).content.decode()


def test_home_says_what_waits_for_whom(as_, reviewed, members):
    review = begun()
    home = page(as_("rita"), "/")
    assert "accounts await your decision in Quarter 4" in home
    assert f"/secure/reviews/{review.pk}/items/?reviewer={members['rita'].pk}" in home
    assert "await your decision" not in page(as_("bob"), "/")
    Review.objects.update(due_on=TODAY - timedelta(days=1))
    assert "It was due on" in page(as_("rita"), "/")
    assert "is not closed" not in page(as_("rita"), "/")
    assert "is not closed" in page(as_("admin"), "/")


def test_a_draft_shows_who_would_review(as_, reviewed):
    made = review_of()
    shown = page(as_("admin"), f"/secure/reviews/{made.pk}/")
    assert "by each person’s manager" in shown
    assert as_("admin").get(f"/secure/reviews/{made.pk}/items/").status_code == 302
    page(as_("admin"), f"/secure/reviews/{2**63}/", 404)
