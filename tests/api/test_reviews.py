"""/reviews, and the one thing that a Reader's token may change."""

import hashlib
from datetime import timedelta

import pytest

from steward.inventory.mail import Mail
from steward.inventory.member import ApiToken
from steward.inventory.review import Review, ReviewItem
from tests.api.conftest import Api, problem, streamed
from tests.insight.conftest import app, directory
from tests.ledger.reviewing import BY, TODAY, begun, item, members, reviewed

__all__ = ["app", "directory", "members", "reviewed"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def by_token(client):
    def by_token(role, member=None):
        made = Api(client, "reader")
        _, token = ApiToken.make("mine", role, member)
        made.headers = {"Authorization": f"Bearer {token}"}
        return made

    return by_token


@pytest.fixture
def admin(by_token, members):
    return by_token("admin", members["admin"])


def body(reviewed, **more):
    return {
        "name": "Quarter 4",
        "due_on": str(TODAY + timedelta(days=9)),
        "applications": [{"application": reviewed.instance.application_id, "reviewers": "manager"}],
        **more,
    }


def test_a_review_from_beginning_to_evidence(admin, reviewed):
    made = admin("POST", "/reviews", body(reviewed, days=60))
    assert made.status_code == 201
    review = made.json()
    assert (review["state"], review["fallback"], review["items"]) == ("draft", BY, 0)
    path = f"/reviews/{review['id']}"
    problem(admin("GET", f"{path}/evidence"), 409, "not_started")
    begun = admin("PATCH", path, {"state": "open", "name": "Q4"}).json()
    assert (begun["state"], begun["name"], begun["items"]) == ("open", "Q4", 4)
    rows = admin("GET", f"{path}/items", limit=3).json()
    rest = admin("GET", f"{path}/items", limit=3, cursor=rows["next"]).json()
    items = {row["external_id"]: row for row in [*rows["items"], *rest["items"]]}
    assert (items["ann"]["days_active"], items["ann"]["standing"]) == (3, "here")
    assert items["ann"]["read_at"]
    assert items["ann"]["activity_told_by"] == "direct"
    told = admin("PATCH", f"{path}/items/{items['ann']['id']}", {"decision": "keep"}).json()
    assert (told["decision"], told["decided_by"]) == ("keep", f"{BY}, by token mine")
    others = [items[name]["id"] for name in ("gone", "rita", "bot")]
    assert admin("PATCH", f"{path}/items", {"items": others, "decision": "remove"}).json() == {
        "count": 3
    }
    closed = admin("PATCH", path, {"state": "closed"}).json()
    file = b"".join(admin("GET", f"{path}/evidence", format="csv").streaming_content)
    assert closed["sha256"] == hashlib.sha256(file).hexdigest()
    assert file.decode("utf-8-sig").splitlines()[0].startswith("Item,Application,Instance,Data")
    assert streamed(admin("GET", f"{path}/evidence"))["total"] == 4
    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        parts = admin("GET", f"{path}/evidence", format=kind).streaming_content
        assert b"".join(parts).startswith(begins)
    problem(admin("PATCH", f"{path}/items/{others[0]}", {"decision": "keep"}), 409, "closed")
    problem(admin("PATCH", path, {"state": "open"}), 409, "closed")
    assert [r["id"] for r in admin("GET", "/reviews", state="closed").json()["items"]] == [
        review["id"]
    ]


def test_closing_with_something_left_must_be_asked_for(admin, reviewed):
    review = admin("POST", "/reviews", body(reviewed, start=True)).json()
    path = f"/reviews/{review['id']}"
    told = problem(admin("PATCH", path, {"state": "closed", "name": "Other"}), 422, "invalid")
    assert told["errors"][0]["field"] == "even_undecided"
    assert admin("GET", path).json()["name"] == "Quarter 4"
    closed = admin("PATCH", path, {"state": "closed", "even_undecided": True}).json()
    assert (closed["state"], closed["undecided"]) == ("closed", 4)


def test_lists_are_narrowed(admin, reviewed):
    review = admin("POST", "/reviews", body(reviewed, start=True)).json()

    def found(**query):
        rows = admin("GET", f"/reviews/{review['id']}/items", **query).json()["items"]
        return {row["external_id"] for row in rows}

    assert found(reviewer="Rita@corp.example") == {"ann", "gone"}
    assert found(decision="keep") == set()
    assert found(application=reviewed.instance.application_id, decision="undecided") == {
        "ann", "gone", "rita", "bot",
    }  # fmt: skip
    rows = streamed(admin("GET", "/reports/review-items", review=review["id"]))["items"]
    assert [row["name"] for row in rows] == ["=Bot", "Ann", "Gone", "Rita"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_on": "2026-99-01"}, "due_on"),
        ({"due_on": "2001-01-01"}, "due_on"),
        ({"applications": []}, "applications"),
        ({"applications": [{"application": 2**62}]}, "applications"),
        ({"fallback": "nobody@corp.example"}, "fallback"),
        ({"days": 7}, "days"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_will_not_do_is_named(admin, reviewed, change, field):
    told = problem(admin("POST", "/reviews", body(reviewed, **change)), 422, "invalid")
    assert told["errors"][0]["field"].startswith(field)


def test_reminding_and_giving_over(admin, reviewed):
    review = begun()
    path = f"/reviews/{review.pk}"
    given = {"reviewer": "bob@corp.example", "of": "rita@corp.example"}
    assert admin("POST", f"{path}/reassign", given).json() == {"count": 2}
    assert admin("POST", f"{path}/remind", {"reviewer": "bob@corp.example"}).json() == {"count": 1}
    assert admin("POST", f"{path}/remind", {}).json() == {"count": 1}
    assert sorted(Mail.objects.values_list("to", flat=True)) == [BY, "bob@corp.example"]
    problem(admin("POST", f"{path}/reassign", {**given, "of": "x\u0001"}), 422, "invalid")
    problem(admin("GET", "/reviews/99/items"), 404, "not_found")
    problem(admin("PATCH", f"{path}/items/99", {"decision": "keep"}), 404, "not_found")
    problem(admin("PATCH", f"{path}/items", {"items": [9], "decision": "keep"}), 422, "invalid")


def test_a_readers_own_token_decides_what_waits_for_them_and_nothing_else(
    by_token, members, reviewed
):
    review = begun()
    rita = by_token("reader", members["rita"])
    path = f"/reviews/{review.pk}"
    ann, bot, gone = (item(review, name) for name in ("ann", "bot", "gone"))
    said = rita("PATCH", f"{path}/items/{ann.pk}", {"decision": "remove"}).json()
    assert said["decided_by"] == "rita@corp.example, by token mine"
    told = rita("PATCH", f"{path}/items/{gone.pk}", {"decision": "keep"})
    assert problem(told, 422, "invalid")["errors"][0]["field"] == "comment"
    keep = {"decision": "keep", "comment": "Why not"}
    assert rita("PATCH", f"{path}/items", {**keep, "items": [gone.pk]}).json() == {"count": 1}
    problem(rita("PATCH", f"{path}/items/{bot.pk}", keep), 403, "forbidden")
    problem(rita("PATCH", f"{path}/items", {**keep, "items": [ann.pk, bot.pk]}), 403, "forbidden")
    assert item(review, "bot").decision == ""
    assert item(review, "ann").decision == "remove"
    for role, member in (
        ("reader", None),
        ("reader", members["admin"]),
        ("reader", members["bob"]),
    ):
        other = by_token(role, member)
        problem(other("PATCH", f"{path}/items/{ann.pk}", keep), 403, "forbidden")
        problem(other("PATCH", f"{path}/items", {**keep, "items": [ann.pk]}), 403, "forbidden")
    members["rita"].is_active = False
    members["rita"].save()
    problem(rita("PATCH", f"{path}/items/{ann.pk}", keep), 403, "forbidden")
    assert item(review, "ann").decision == "remove"


def test_nothing_else_opens_to_a_readers_own_token(client, by_token, members, reviewed):
    review = begun()
    rita = by_token("reader", members["rita"])
    described = client.get("/api/v1/openapi.json").json()["paths"]
    opened = []
    for path, operations in described.items():
        for method in operations:
            if method in ("get", "head"):
                continue
            there = path.removeprefix("/api/v1")
            for name in ("{id}", "{item}", "{price}", "{slug}", "{application}"):
                there = there.replace(name, str(review.pk))
            answer = rita(method.upper(), there, {})
            if answer.status_code != 403:
                opened.append((method, path))
    assert sorted(opened) == [
        ("patch", "/api/v1/reviews/{id}/items"),
        ("patch", "/api/v1/reviews/{id}/items/{item}"),
    ]
    assert Review.objects.get().state == "open"
    assert not ReviewItem.objects.exclude(decision="").exists()
