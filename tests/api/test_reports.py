"""Reports of one's own through the API."""

import pytest

from steward.inventory.company import Company
from steward.inventory.edit import Edit
from steward.inventory.member import ApiToken, Member
from tests.api.conftest import problem, streamed

pytestmark = pytest.mark.django_db
PEOPLE = {"dataset": "people", "columns": ["email", "name"]}
COUNTED = {"dataset": "people", "group_by": ["department"], "measures": ["count"]}


@pytest.fixture
def people(connect, sync, company):
    company.people("ann", "bea")
    sync(connect())


def made(api, **more):
    answer = api("POST", "/reports", {"name": "Ours", "definition": PEOPLE, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_report_is_made_run_changed_and_deleted(api, people):
    report = made(api, description="All of us", shared=True)
    assert (report["title"], report["saved"], report["shared"]) == ("Ours", True, True)
    assert report["definition"] == {"version": 1, **PEOPLE}
    path = f"/reports/{report['slug']}"
    rows = streamed(api("GET", path))
    assert rows["total"] == 2
    assert [list(row)[:2] for row in rows["items"]] == [["email", "name"]] * 2
    assert b"E-mail,Name" in b"".join(api("GET", path, format="csv").streaming_content)
    listed = api("GET", "/reports").json()["items"]
    assert listed[-1] == report
    assert {item["saved"] for item in listed[:-1]} == {False}
    changed = api("PATCH", path, {"name": "Theirs", "definition": COUNTED}).json()
    assert (changed["title"], changed["shared"]) == ("Theirs", True)
    assert streamed(api("GET", path))["items"] == [{"by_department": None, "rows": 2}]
    assert api("DELETE", path).json() == {"accepted": True}
    problem(api("GET", path), 404, "not_found")
    acts = Edit.objects.filter(kind="report").order_by("pk").values_list("what", "by")
    assert list(acts) == [(what, "token admin") for what in ("made", "changed", "removed")]


def test_a_preview_gives_the_first_rows_of_what_is_not_saved(api, people):
    told = api("POST", "/reports/preview", {"definition": COUNTED}).json()
    assert (told["total"], told["items"]) == (1, [{"by_department": None, "rows": 2}])
    assert [c["label"] for c in told["columns"]] == ["Department", "Rows"]
    assert "From 1 instance" in told["provenance"]["sentence"]
    wrong = {"dataset": "people", "filters": [{"column": "name", "op": "is"}], "sort": "moon"}
    errors = problem(api("POST", "/reports/preview", {"definition": wrong}), 422, "invalid")
    assert {e["field"] for e in errors["errors"]} == {"filters.0", "sort"}
    problem(api("POST", "/reports", {"name": " ", "definition": PEOPLE}), 422, "invalid")
    for odd in ({"dataset": "\ud800"}, {"dataset": "people", "asked": {"q": "a\ud800"}}, {}, 7):
        problem(api("POST", "/reports/preview", {"definition": odd}), 422, "invalid")


def test_built_in_reports_stay_and_can_be_copied(api, people):
    problem(api("DELETE", "/reports/days-active"), 409, "built_in")
    problem(api("PATCH", "/reports/days-active", {"name": "x"}), 409, "built_in")
    problem(api("DELETE", "/reports/r-77"), 404, "not_found")
    copy = api("POST", "/reports/days-active/duplicate", {}).json()
    assert copy["title"] == "Copy of Days active"
    told, built_in = (streamed(api("GET", f"/reports/{s}")) for s in (copy["slug"], "days-active"))
    assert [row["name"] for row in told["items"]] == ["Ann", "Bea"]
    for mine, theirs in zip(told["items"], built_in["items"], strict=True):
        assert mine == {name: theirs[name] for name in mine}
    again = api("POST", f"/reports/{copy['slug']}/duplicate", {"name": "Mine"}).json()
    assert (again["title"], again["definition"]) == ("Mine", copy["definition"])
    problem(api("POST", "/reports/nothing/duplicate", {}), 404, "not_found")


def test_readers_see_what_is_shared_and_change_nothing(api, reader, people):
    own, shared = made(api), made(api, shared=True)
    slugs = [item["slug"] for item in reader("GET", "/reports").json()["items"] if item["saved"]]
    assert slugs == [shared["slug"]]
    assert reader("GET", f"/reports/{shared['slug']}").status_code == 200
    problem(reader("GET", f"/reports/{own['slug']}"), 404, "not_found")
    problem(reader("POST", "/reports", {"name": "x", "definition": PEOPLE}), 403, "forbidden")
    problem(reader("DELETE", f"/reports/{shared['slug']}"), 403, "forbidden")


def test_money_is_not_for_readers_where_the_company_says_so(api, reader):
    dear = {"dataset": "licences", "filters": [{"column": "costs_month", "op": "is_not_empty"}]}
    report = made(api, definition=dear, shared=True)
    plain = made(api, definition={"dataset": "licences"}, shared=True)
    assert reader("GET", f"/reports/{report['slug']}").status_code == 200
    Company.objects.update_or_create(defaults={"readers_see_money": False})
    problem(reader("GET", f"/reports/{report['slug']}"), 403, "forbidden")
    assert reader("GET", f"/reports/{plain['slug']}").status_code == 200
    listed = {i["slug"]: i for i in reader("GET", "/reports").json()["items"] if i["saved"]}
    assert list(listed) == [plain["slug"]]
    assert "money" not in {c["kind"] for c in listed[plain["slug"]]["columns"]}
    datasets = {d["name"]: d for d in reader("GET", "/datasets").json()["items"]}
    assert "charges" not in datasets
    assert "money" not in {c["kind"] for c in datasets["licences"]["columns"]}


def test_a_report_belongs_to_whoever_made_the_token(api):
    ann = Member.objects.create_user("ann@corp.example", "x", role="admin")
    _, token = ApiToken.make("anns", "admin", ann)
    api.headers = {"Authorization": f"Bearer {token}"}
    assert made(api)["owner"] == "ann@corp.example"
    ann.delete()
    assert [i["owner"] for i in api("GET", "/reports").json()["items"] if i["saved"]] == [None]
