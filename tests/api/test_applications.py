"""Applications over the API: what is said of them, filters, merging and splitting, own fields."""

import pytest

from steward.sdk import records as r
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoom(connect, sync, company):
    company.people("ann", "bea")
    company.streams["apps"] = [
        r.App(id="z", name="Zoom"),
        r.App(id="p", name="Zoom Phone"),
        r.Assignment(app="z", account="ann"),
        r.Assignment(app="p", account="bea"),
    ]
    sync(connect())


@pytest.fixture
def numbers(api, zoom):
    return {row["name"]: row["id"] for row in api("GET", "/applications").json()["items"]}


def names(api, **query):
    return {row["name"] for row in api("GET", "/applications", **query).json()["items"]}


def test_what_is_said_is_kept_with_who_and_when(api, numbers):
    path = f"/applications/{numbers['Zoom']}"
    ann = api("GET", "/people", q="ann").json()["items"][0]["id"]
    said = {
        "business_owner": "ANN@corp.example",
        "technical_owner": ann,
        "category": "Calls",
        "status": "approved",
        "criticality": "high",
        "tags": ["Voice", "voice", "EU"],
        "inactive_after": 45,
        "allocation": "fixed",
        "shares": {"Sales": 60, "IT": 40},
    }
    told = api("PATCH", path, {**said, "comment": "Reviewed."}).json()
    assert (told["business_owner"]["id"], told["technical_owner"]["id"]) == (ann, ann)
    assert (told["status"], told["tags"], told["inactive_after"]) == (
        "approved", ["EU", "voice"], 45,
    )  # fmt: skip
    assert api("PATCH", path, {"notes": "Ask Ann.", "technical_owner": None}).status_code == 200
    last, first = api("GET", f"{path}/history").json()["items"]
    assert (first["by"], first["comment"]) == ("token admin", "Reviewed.")
    assert "Business owner: none → Ann" in first["said"]
    assert "Approval: Unconfirmed → Approved" in first["said"]
    assert "Technical owner: Ann → none" in last["said"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"business_owner": "nobody@corp.example"}, "business_owner"),
        ({"shares": {"Sales": 60}}, "shares"),
        ({"allocation": "fixed"}, "shares"),
        ({"tags": ["a,b"]}, "tags"),
        ({"fields": {"Odd": 1}}, "fields.Odd"),
        ({"status": "fine"}, "status"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(api, numbers, body, field):
    told = problem(api("PATCH", f"/applications/{numbers['Zoom']}", body), 422, "invalid")
    assert field in {error["field"] for error in told["errors"]}


def test_own_fields_are_made_filled_and_filtered(api, numbers):
    kinds = ("text", "number", "date", "person")
    made = {k: api("POST", "/fields", {"name": k.title(), "type": k}).json()["id"] for k in kinds}
    level = {"name": "Level", "type": "choice", "choices": ["Low", "High"]}
    made["level"] = api("POST", "/fields", level).json()["id"]
    problem(api("POST", "/fields", {"name": "TEXT"}), 422, "invalid")
    problem(api("POST", "/fields", {"name": "Empty", "type": "choice"}), 422, "invalid")
    path = f"/applications/{numbers['Zoom']}"
    values = {
        "Text": "Müller & Co", "Number": 12.5, "Date": "2026-03-01", "Level": "High",
        "Person": "bea@corp.example",
    }  # fmt: skip
    told = api("PATCH", path, {"fields": values}).json()["fields"]
    assert told["Person"]["email"] == "bea@corp.example"
    assert {**told, "Person": "bea@corp.example"} == values
    for query in (
        "Text:müller", "number:12.5", "Number:>12", "Number:<=12.5", "Date:2026-03-01",
        "Date:<2026-04-01", "Level:High", "Person:bea",
    ):  # fmt: skip
        assert names(api, field=query) == {"Zoom"}, query
    for query in ("Text:maier", "Number:<12", "Date:>2026-03-01", "Level:Low", "Person:ann"):
        assert names(api, field=query) == set(), query
    problem(api("GET", "/applications", field="Odd:1"), 404, "not_found")
    for query in ("Number:many", "Date:soon", "Level"):
        problem(api("GET", "/applications", field=query), 422, "invalid")
    wrong = {"Number": "many", "Date": "soon", "Level": "Mid", "Person": "x@y.example"}
    errors = problem(api("PATCH", path, {"fields": wrong}), 422, "invalid")["errors"]
    assert {error["field"] for error in errors} == {f"fields.{name}" for name in wrong}
    problem(api("PATCH", f"/fields/{made['level']}", {"choices": ["Low"]}), 409, "in_use")
    assert api("PATCH", f"/fields/{made['level']}", {"name": "Tier"}).json()["values"] == 1
    assert api("DELETE", f"/fields/{made['level']}").status_code == 200
    assert "Tier" not in api("GET", path).json()["fields"]
    said = api("GET", f"{path}/history").json()["items"][0]["said"]
    assert said == ["A field that is gone: High → none"]


def test_everything_filters(api, numbers):
    api("PATCH", f"/applications/{numbers['Zoom']}", {
        "status": "approved", "category": "Calls", "criticality": "low", "tags": ["Größe"],
        "business_owner": "ann@corp.example",
    })  # fmt: skip
    for name, value in (
        ("status", "approved"), ("category", "calls"), ("criticality", "low"), ("tag", "GRÖSSE"),
        ("owner", "ann@"), ("ownership", "known"), ("q", "zoom "),
    ):  # fmt: skip
        found = {"Zoom Phone"} if name == "q" else {"Zoom"}
        assert names(api, **{name: value}) == found, name
    assert names(api, ownership="none") == {"Scripted", "Zoom Phone"}
    assert names(api, ownership="left") == set()


def test_one_is_added_by_hand_and_removed_while_nobody_shows_it(api, numbers, sync, company):
    made = api("POST", "/applications", {"name": "Miro", "category": "Boards"})
    assert (made.status_code, made.json()["sources"]) == (201, ["entered"])
    assert (made.json()["users"], made.json()["active_users"]) == (None, None)
    assert names(api, source="entered") == {"Miro"}
    problem(api("POST", "/applications", {"name": "miro"}), 422, "invalid")
    path = f"/applications/{made.json()['id']}"
    assert api("DELETE", path).status_code == 200
    assert "Miro" not in names(api)
    problem(api("DELETE", path), 404, "not_found")
    problem(api("DELETE", f"/applications/{numbers['Zoom']}"), 409, "shown")


def test_an_entered_one_is_found_by_the_sync_that_shows_it(api, connect, sync, company):
    made = api("POST", "/applications", {"name": "Zoom", "notes": "Ours."}).json()
    company.people("ann")
    company.streams["apps"] = [r.App(id="z", name="ZOOM"), r.Assignment(app="z", account="ann")]
    sync(connect())
    told = api("GET", f"/applications/{made['id']}").json()
    assert (told["sources"], told["users"], told["notes"]) == (["sign-on", "entered"], 1, "Ours.")


def test_merging_splitting_and_taking_it_back(api, numbers):
    zoom, phone = numbers["Zoom"], numbers["Zoom Phone"]
    change = api("POST", f"/applications/{zoom}/merge", {"other": phone}).json()
    assert change["said"] == "Zoom Phone was merged into Zoom"
    told = api("GET", f"/applications/{zoom}").json()
    assert (told["users"], len(told["known_from"]["apps"])) == (2, 2)
    problem(api("GET", f"/applications/{phone}"), 404, "not_found")
    problem(api("POST", f"/applications/{zoom}/merge", {"other": phone}), 404, "not_found")
    app = next(a["id"] for a in told["known_from"]["apps"] if a["name"] == "Zoom Phone")
    split = api("POST", f"/applications/{zoom}/split", {"apps": [app], "name": "Calls"}).json()
    assert names(api) == {"Scripted", "Zoom", "Calls"}
    problem(
        api("POST", f"/applications/{zoom}/split", {"apps": [app], "name": "X"}), 422, "invalid"
    )
    problem(api("POST", f"/applications/{zoom}/split", {"name": "X"}), 422, "invalid")
    for number in (split["id"], change["id"]):
        undone = api("POST", f"/applications/changes/{number}/undo").json()
        assert undone["undone_by"] == "token admin"
    assert names(api) == {"Scripted", "Zoom", "Zoom Phone"}
    problem(api("POST", f"/applications/changes/{change['id']}/undo"), 409, "undone")
    problem(api("POST", "/applications/changes/999/undo"), 404, "not_found")
    assert [e["what"] for e in api("GET", f"/applications/{zoom}/history").json()["items"]] == [
        "undone", "undone", "split", "merged",
    ]  # fmt: skip


def test_readers_look_and_change_nothing(reader, numbers):
    path = f"/applications/{numbers['Zoom']}"
    assert reader("GET", path).status_code == 200
    assert reader("GET", "/fields").status_code == 200
    for method, where, body in (
        ("PATCH", path, {}), ("DELETE", path, None), ("POST", "/applications", {"name": "X"}),
        ("POST", f"{path}/merge", {"other": 1}), ("POST", f"{path}/split", {"name": "X"}),
        ("POST", "/fields", {"name": "X"}),
    ):  # fmt: skip
        problem(reader(method, where, body), 403, "forbidden")


def test_all_that_fit_are_changed_or_none(api, reader, numbers):
    body = {"category": "Calls", "add_tags": ["EU"], "comment": "Tidied."}
    assert api("PATCH", "/applications", body, q="zoom", dry_run=True).json() == {
        "matched": 2, "changed": 0,
    }  # fmt: skip
    problem(api("PATCH", "/applications", body, q="zoom"), 422, "invalid")
    problem(api("PATCH", "/applications", {**body, "expected": 1}, q="zoom"), 409, "changed")
    problem(reader("PATCH", "/applications", {**body, "expected": 2}), 403, "forbidden")
    assert names(api, category="Calls") == set()
    made = api("PATCH", "/applications", {**body, "expected": 2}, q="zoom").json()
    assert made == {"matched": 2, "changed": 2}
    (edit,) = api("GET", f"/applications/{numbers['Zoom']}/history").json()["items"]
    assert (edit["by"], edit["comment"]) == ("token admin", "Tidied.")
    one = {"expected": 1, "ids": [numbers["Zoom"]], "status": "approved"}
    assert api("PATCH", "/applications", one).json() == {"matched": 1, "changed": 1}
    assert names(api, status="approved") == {"Zoom"}
    bad = {"expected": 2, "category": "No", "business_owner": "x@y.example"}
    problem(api("PATCH", "/applications", bad, q="zoom"), 422, "invalid")
    fixed = {"expected": 2, "category": "No", "allocation": "fixed"}
    told = problem(api("PATCH", "/applications", fixed, q="zoom"), 422, "invalid")
    assert "Say which departments" in told["errors"][0]["message"]
    assert names(api, category="No") == set()
    problem(api("PATCH", "/applications", {"name": "X", "expected": 2}), 422, "invalid")
    problem(api("PATCH", "/applications", body, limit=3), 422, "invalid")
