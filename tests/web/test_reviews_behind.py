"""Large access reviews in the page, by API and on the command line: done behind, and it says so."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from steward.inventory.member import ApiToken
from steward.inventory.review import BulkDecision, Review
from steward.inventory.worker import Worker
from steward.ledger import deciding_many
from steward.work import sealing
from tests.api.conftest import Api, problem
from tests.insight.conftest import app, directory
from tests.ledger.reviewing import BY, begun, item, members, reviewed, say
from tests.processes import steward_on
from tests.web.test_schedules import BACKEND, text

__all__ = ["app", "directory", "members", "reviewed"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def behind(monkeypatch):
    monkeypatch.setattr(deciding_many, "FEW", 0)
    monkeypatch.setattr(deciding_many, "BATCH", 1)
    monkeypatch.setattr(sealing, "FEW", 0)


@pytest.fixture
def admin(client, members):
    client.force_login(members["admin"], backend=BACKEND)
    return client


def api_of(client, member):
    made = Api(client, "reader")
    made.headers = {"Authorization": f"Bearer {ApiToken.make('x', member.role, member)[1]}"}
    return made


def carry_on():
    for pk in deciding_many.waiting():
        while deciding_many.write_some(pk):
            pass
    for pk in sealing.waiting():
        sealing.seal(pk)


def test_the_page_says_what_is_going_on_until_it_is_done(admin, reviewed, behind):
    review = begun()
    path = f"/secure/reviews/{review.pk}/"
    given = {"which": "all", "only-decision": "undecided", "decision": "remove", "comment": "Old"}
    page = text(admin.post(f"{path}decide/", given, follow=True))
    assert "It is written to 4 accounts behind" in page
    deciding_many.write_some(BulkDecision.objects.get().pk)
    for part in ("", "items/"):
        page = text(admin.get(path + part))
        assert f"{BY} has decided to remove <strong>4</strong> accounts" in page
        assert "It is being written to them: 1 so far." in page
        assert "No worker is running, so this waits." in page
    Worker.objects.create(name="one")
    assert "No worker is running" not in text(admin.get(path))
    page = text(admin.post(f"{path}close/", {"even_undecided": "yes"}, follow=True))
    assert "still being written down" in page
    carry_on()
    page = text(admin.get(path))
    assert "being written" not in page
    assert "(Decision: Undecided) “Old”" in page
    assert "done, 4 decided" in page
    page = text(admin.post(f"{path}close/", follow=True))
    assert "Its evidence is being sealed behind" in page
    assert "nothing of it changes any more. Its evidence is being sealed: 0 of 4" in page
    assert "Remind now" not in page
    carry_on()
    assert "SHA-256 of the CSV" in text(admin.get(path))


def test_the_page_says_what_is_wrong_at_once(admin, reviewed, behind):
    review = begun()
    given = {"which": "all", "decision": "keep"}
    page = text(admin.post(f"/secure/reviews/{review.pk}/decide/", given, follow=True))
    assert "This is the account of a person who has left. Say why it is kept." in page
    assert not BulkDecision.objects.exists()


def test_the_api_answers_202_and_where_to_look(client, members, reviewed, behind):
    review = begun()
    api = api_of(client, members["admin"])
    path = f"/reviews/{review.pk}"
    fitting = {"decision": "undecided", "reviewer": "rita@corp.example"}
    taken = api("PATCH", f"{path}/items", {"decision": "remove", "fitting": fitting})
    assert taken.status_code == 202
    told = taken.json()
    assert (told["state"], told["accounts"], told["looked_at"], told["by"]) == (
        "running", 2, 0, f"{BY}, by token x"
    )  # fmt: skip
    problem(api("PATCH", path, {"state": "closed", "even_undecided": True}), 409, "deciding")
    say(review, members["admin"], "keep", "ann")
    carry_on()
    done = api("GET", f"{path}/decisions/{told['id']}").json()
    assert (done["state"], done["decided"], done["left_alone"]) == ("done", 1, 1)
    assert api("GET", f"{path}/decisions").json()["items"] == [done]
    assert api("GET", f"{path}/decisions/99").status_code == 404
    closing = api("PATCH", path, {"state": "closed", "even_undecided": True})
    assert (closing.status_code, closing.json()["state"]) == (202, "closing")
    assert (closing.json()["sealed"], closing.json()["sha256"]) == (0, None)
    assert api("GET", "/reviews", state="closing").json()["items"][0]["id"] == review.pk
    carry_on()
    closed = api("GET", path).json()
    assert (closed["state"], closed["sealed"], len(closed["sha256"])) == ("closed", None, 64)


def test_what_is_few_the_api_does_at_once(client, members, reviewed):
    review = begun()
    api = api_of(client, members["rita"])
    path = f"/reviews/{review.pk}/items"
    done = api("PATCH", path, {"decision": "remove", "fitting": {"used": "no"}})
    assert (done.status_code, done.json()) == (200, {"count": 1})
    assert item(review, "gone").decided_by == "rita@corp.example, by token x"
    for body in (
        {"decision": "keep"},
        {"decision": "keep", "items": [1], "fitting": {}},
    ):
        assert api("PATCH", path, body).status_code == 422
    body = {"decision": "remove", "fitting": {"application": 99}}
    assert api("PATCH", path, body).status_code == 422
    other = api_of(client, members["admin"])
    body = {"decision": "remove", "fitting": {"reviewer": "nobody@corp.example"}}
    assert other("PATCH", path, body).status_code == 422


def test_a_sealer_that_lives_is_left_alone_and_a_dead_one_followed(reviewed, members, behind):
    review = begun()
    sealing.close(review, by=BY, even_undecided=True)
    Worker.objects.create(name="other")
    Review.objects.update(sealer="other", sealed=3)
    assert not sealing.seal(review.pk)
    Worker.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert sealing.seal(review.pk)
    assert Review.objects.get().state == Review.CLOSED


MADE = "from tests.ledger.many import make\nmake(2_500)"


def test_the_command_line_says_so_and_waits_where_it_is_told_to(tmp_path):
    with steward_on(tmp_path) as steward:
        steward.python(MADE)
        said = steward.run("review", "decide", "1", "remove", "--all", "--comment", "Old")
        assert "a worker writes it to them" in said.stdout
        rows = json.loads(steward.run("review", "decisions", "1", "--json").stdout)["items"]
        assert [(r["state"], r["accounts"], r["decided"]) for r in rows] == [("running", 2_500, 0)]
        assert "remove" in steward.run("review", "decisions", "1").stdout
        refused = steward.run("review", "close", "1", "--even-undecided")
        assert (refused.returncode, "still being written down" in refused.stderr) == (1, True)
        steward.run("review", "decide", "1", "keep", "--all", "--wait")
        rows = json.loads(steward.run("review", "decisions", "1", "--json").stdout)["items"]
        assert [(r["state"], r["decision"], r["decided"]) for r in rows] == [
            ("done", "keep", 2_500),
            ("done", "remove", 2_500),
        ]
        closing = steward.run("review", "close", "1")
        assert "is closing: 2500 accounts, 0 undecided. Its evidence is being" in closing.stdout
        steward.python("from steward.work import sealing; sealing.seal(1)")
        shown = json.loads(steward.run("review", "show", "1", "--json").stdout)
        assert (shown["state"], shown["keep"], len(shown["sha256"])) == ("closed", 2_500, 64)


def test_the_command_line_waits_for_the_seal(tmp_path):
    with steward_on(tmp_path) as steward:
        steward.python(MADE)
        closed = steward.run("review", "close", "1", "--even-undecided", "--wait")
        assert "is closed: 2500 accounts, 2500 undecided." in closed.stdout, closed.stderr
