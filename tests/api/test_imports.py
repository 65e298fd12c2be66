"""Imports over the API: every kind, a dry run, errors by row, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from steward.inventory.company import ExchangeRate
from steward.inventory.imports import Import
from steward.inventory.person import Person
from steward.ledger.imports import behind
from tests.api.conftest import problem
from tests.ledger.test_imports import FILES

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(api):
    def post(kind, text, caller=api, **more):
        content = text if isinstance(text, bytes) else text.encode()
        data = {"as": kind, "file": SimpleUploadedFile("file.csv", content), **more}
        return api.client.post("/api/v1/imports", data, headers=caller.headers)

    return post


@pytest.fixture
def known(api, post):
    post("people", FILES["people"])
    post("applications", "name\nFigma\nSlack\n")


@pytest.mark.parametrize("kind", FILES)
def test_every_kind(api, post, known, kind):
    before = api("GET", "/imports").json()["items"]
    dry = post(kind, FILES[kind], dry_run="true")
    assert dry.status_code == 200, dry.content
    told = dry.json()
    assert (told["id"], told["dry_run"], told["as"]) == (None, True, kind)
    assert api("GET", "/imports").json()["items"] == before
    made = post(kind, FILES[kind])
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert (made.json()["counts"], made.json()["rows"]) == (told["counts"], told["rows"])
    shown = api("GET", f"/imports/{number}").json()
    assert (shown["as"], shown["file_name"], shown["by"]) == (kind, "file.csv", "token admin")
    rows = api("GET", f"/imports/{number}/rows").json()["items"]
    assert (kind == "people") == (rows == [])
    undone = api("POST", f"/imports/{number}/undo")
    assert undone.status_code == 200, undone.content
    assert undone.json()["undone_by"] == "token admin"
    problem(api("POST", f"/imports/{number}/undo"), 409, "undone")
    template = api("GET", f"/imports/templates/{kind}.csv")
    assert template.headers["Content-Type"].startswith("text/csv")
    assert post(kind, template.content, dry_run="true").status_code == 200


def test_errors_by_row_and_the_good_rows(api, post):
    text = "base,quote,day,rate\nUSD,EUR,2026-11-02,0.9\nUSD,EUR,x,1\n"
    told = problem(post("rates", text), 422, "invalid")
    assert told["errors"] == [{"field": "rows.3.day", "message": "Line 3: Day: “x” is no date."}]
    assert not ExchangeRate.objects.exists()
    made = post("rates", text, good_rows="true").json()
    assert made["counts"] == {"new": 1, "changed": 0, "same": 0, "error": 1}
    assert [row["verdict"] for row in made["rows"]] == ["new", "error"]


def test_what_does_not_go(api, reader, post):
    text = "base,quote,day,rate\nUSD,EUR,2026-11-02,0.9\n"
    assert problem(post("nothing", text), 422, "invalid")["errors"][0]["field"] == "as"
    assert problem(post("rates", ""), 422, "invalid")["errors"][0]["field"] == "file"
    told = problem(post("rates", text, mapping="[1]"), 422, "invalid")
    assert told["errors"][0]["field"] == "mapping"
    told = problem(post("rates", text, mapping='{"base": "nope"}'), 422, "invalid")
    assert "There is no field “nope”" in told["detail"]
    post("charges", "day,vendor,amount\n2026-11-02,A,5\n")
    problem(post("charges", "day,vendor,amount\n2026-11-02,A,5\n"), 409, "same_file")
    assert post("charges", "day,vendor,amount\n2026-11-02,A,5\n", again="true").status_code == 201
    problem(api("POST", f"/imports/{Import.objects.earliest('pk').pk}/undo"), 409, "not_last")
    problem(api("GET", "/imports/999"), 404, "not_found")
    for path in ("", "/1", "/1/rows", "/templates/rates.csv"):
        problem(reader("GET", f"/imports{path}"), 403, "forbidden")
    problem(post("rates", text, caller=reader), 403, "forbidden")


def test_the_people_list_is_believed_by_choice(api, post):
    post("people", "email,status\nann@corp.example,left\n")
    told = api("GET", "/directory").json()["people_list"]
    assert (told["people"], told["believed"]) == (1, False)
    told = api("PUT", "/directory", {"instances": [], "people_list": True}).json()
    assert told["people_list"]["believed"]
    told = api("PUT", "/directory", {"instances": []}).json()
    assert told["people_list"]["believed"]
    ann = Person.objects.get()
    assert api("GET", f"/people/{ann.pk}").json()["has_left"]


def test_a_large_file_is_done_behind(api, reader, post, monkeypatch):
    monkeypatch.setattr(behind, "DIRECT", 1)
    text = "name,status\nFigma,approved\nSlack,odd\n"
    asked = post("applications", text, dry_run="true")
    assert asked.status_code == 202, asked.content
    at = asked.headers["Location"].removeprefix("/api/v1")
    told = api("GET", at).json()
    assert told == {**asked.json(), "items": []}
    assert (told["state"], told["dry_run"], told["import"]) == ("queued", True, None)
    behind.carry_out(told["id"], "worker")
    told = api("GET", at).json()
    assert (told["state"], told["checked"], told["rows"]) == ("done", 2, 2)
    assert [row["verdict"] for row in told["items"]] == ["new", "error"]

    task = post("applications", text).json()
    at = f"/imports/tasks/{task['id']}"
    behind.carry_out(task["id"], "worker")
    told = api("GET", at).json()
    assert (told["state"], told["import"]) == ("failed", None)
    assert [error["field"] for error in told["errors"]] == ["rows.3.status"]
    problem(api("POST", f"{at}/cancel"), 409, "not_allowed")

    task = post("applications", text, good_rows="true").json()
    behind.carry_out(task["id"], "worker")
    told = api("GET", f"/imports/tasks/{task['id']}").json()
    assert (told["state"], told["counts"]["error"]) == ("done", 1)
    assert api("GET", f"/imports/{told['import']}").json()["counts"] == told["counts"]

    task = post("applications", text).json()
    cancelled = api("POST", f"/imports/tasks/{task['id']}/cancel").json()
    assert (cancelled["state"], cancelled["problem"]) == ("cancelled", "Cancelled by token admin.")
    states = [row["state"] for row in api("GET", "/imports/tasks").json()["items"]]
    assert states == ["cancelled", "done", "failed", "done"]
    assert Import.objects.count() == 1
    problem(post("contracts", "vendor,start\nA,3/4/2026\nB,3/4/2026\n"), 422, "invalid")
    problem(api("GET", "/imports/tasks/999"), 404, "not_found")
    problem(reader("GET", "/imports/tasks"), 403, "forbidden")
    problem(reader("GET", at), 403, "forbidden")
    problem(reader("POST", f"{at}/cancel"), 403, "forbidden")
