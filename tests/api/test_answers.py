import importlib
import io
import pkgutil
from collections import Counter

import pytest
from ninja import Schema
from prometheus_client.parser import text_string_to_metric_families
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

import steward.api as api_package
from steward.inventory.instance import Instance
from tests.api.conftest import problem, streamed

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def acme(connect, sync):
    instance = connect()
    sync(instance)
    return instance


@pytest.mark.parametrize("path", ["/instances", "/accounts", "/people", "/reports", "/metrics"])
def test_nobody_without_a_token(client, db, path):
    told = problem(client.get(f"/api/v1{path}"), 401, "unauthorized")
    assert "Bearer" in told["detail"] or "token" in told["detail"]
    wrong = client.get(f"/api/v1{path}", headers={"Authorization": "Bearer stw_wrong"})
    assert wrong.status_code == 401


def test_a_reader_reads_and_changes_nothing(reader, acme, new):
    assert reader("GET", f"/instances/{acme.pk}").status_code == 200
    for method, path, body in (
        ("POST", "/instances", new(name="Other")),
        ("PATCH", f"/instances/{acme.pk}", {"name": "x"}),
        ("DELETE", f"/instances/{acme.pk}", None),
        ("DELETE", f"/instances/{acme.pk}/accounts", None),
        ("POST", f"/instances/{acme.pk}/runs", None),
        ("PUT", "/notifications/recipients", {"recipients": []}),
    ):
        problem(reader(method, path, body), 403, "forbidden")
    assert Instance.objects.get().name == "Acme"


def test_accounts_are_found(api, acme, company, sync):
    company.people("ann", "bob")
    sync(acme)
    everybody = api("GET", "/accounts").json()["items"]
    assert {a["external_id"]: a["status"] for a in everybody} == {
        "ann": "active",
        "bob": "active",
        "cem": "removed",
    }
    ann = everybody[0]
    assert (ann["instance"], ann["email"], ann["holds_seat"]) == (acme.pk, "ann@corp.example", None)

    def found(**query):
        return [a["external_id"] for a in api("GET", "/accounts", **query).json()["items"]]

    assert found(status="removed") == ["cem"]
    assert found(q="BOB@") == ["bob"]
    assert found(person=ann["person"]) == ["ann"]
    assert found(instance=acme.pk + 1) == []
    problem(api("GET", "/accounts", status="asleep"), 422, "invalid")


def test_people_and_what_they_have(api, acme):
    people = api("GET", "/people").json()["items"]
    assert [p["name"] for p in people] == ["Ann", "Bob", "Cem"]
    one = api("GET", f"/people/{people[0]['id']}").json()
    assert [a["external_id"] for a in one["items"]] == ["ann"]
    problem(api("GET", "/people/999"), 404, "not_found")


def test_applications_and_integrations(api, acme):
    (application,) = api("GET", "/applications").json()["items"]
    assert (application["name"], application["users"], application["connected"]) == (
        "Scripted",
        3,
        True,
    )
    assert application["seats"] is None
    scripted = api("GET", "/integrations/scripted").json()
    assert scripted["auth"][0]["credentials"][0]["secret"] is True
    assert scripted["instances"] == 1
    problem(api("GET", "/integrations/nothing"), 404, "not_found")


@pytest.mark.parametrize("format", ["json", "csv", "xlsx", "pdf"])
def test_a_report_in_each_format(api, acme, format):
    answer = api("GET", "/reports/users-by-application", format=format)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    if format == "xlsx":
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("Report")
        assert len(sheet.to_python()) == 4
    elif format == "pdf":
        assert PdfReader(io.BytesIO(body)).pages[0].extract_text().count("@corp.example") == 3
    else:
        assert body.count(b"@corp.example") == 3


def test_reports_are_listed_and_asked_rightly(api, acme):
    slugs = {r["slug"] for r in api("GET", "/reports").json()["items"]}
    assert {"paid-seats-unused", "leavers-with-live-accounts"} <= slugs
    past = api("GET", "/reports/users-by-application", as_of="2001-01-01")
    assert streamed(past)["total"] == 0
    for wrong in ({"as_of": "soon"}, {"format": "doc"}, {"nonsense": 1}, {"sort": "nonsense"}):
        problem(api("GET", "/reports/users-by-application", **wrong), 422, "invalid")
    problem(api("GET", "/reports/nothing"), 404, "not_found")


def test_recipients(api, db):
    path = "/notifications/recipients"
    assert api("GET", path).json() == {"recipients": []}
    answer = api("PUT", path, {"recipients": ["B@corp.example", "a@corp.example"]})
    assert answer.json() == {"recipients": ["a@corp.example", "b@corp.example"]}
    told = problem(api("PUT", path, {"recipients": ["a@corp.example", "nobody"]}), 422, "invalid")
    assert told["errors"][0]["field"] == "recipients.1"
    assert len(api("GET", path).json()["recipients"]) == 2


@pytest.mark.parametrize("base", ["", "/api/v1"])
def test_those_who_watch(client, api, acme, base):
    assert client.get(f"{base}/healthz").json() == {"ok": True, "database": True, "worker": False}
    text = client.get(f"{base}/metrics", headers=api.headers).content.decode()
    assert 'steward_instances{state="live"} 1.0' in text
    assert 'steward_accounts{status="active"} 3.0' in text
    assert 'steward_records_read_day{integration="scripted"} 3.0' in text
    assert 'steward_run_seconds_day_bucket{integration="scripted",le="+Inf"} 1.0' in text
    assert "steward_books_unpurged 0.0" in text
    families = {family.name for family in text_string_to_metric_families(text)}
    assert {"steward_runs_failed_day", "steward_removals_held"} <= families


def test_how_steward_does_is_for_admins(api, reader, acme):
    report = api("GET", "/health").json()
    assert [finding["kind"] for finding in report["findings"]] == ["no_worker"]
    assert report["findings"][0]["grave"] == "bad"
    problem(reader("GET", "/health"), 403, "forbidden")


def test_whatever_is_refused_is_a_problem_with_words(api, acme):
    assert api("POST", "/instances", "{half").status_code in (400, 422)
    assert api("POST", "/instances", "{half").headers["Content-Type"] == "application/problem+json"
    problem(api("GET", "/nowhere"), 404, "not_found")
    assert problem(api("PUT", "/instances"), 405, "method_not_allowed")
    problem(api("GET", f"/instances/{10**30}"), 422, "invalid")
    problem(api("GET", "/instances/abc"), 422, "invalid")
    for text in ("a\x00b", "\ud800"):
        changed = api("PATCH", f"/instances/{acme.pk}", {"name": text})
        problem(changed, 422, "invalid")


def test_the_description_has_every_path(api, db):
    described = api("GET", "/openapi.json").json()
    contract = {
        ("get", "/integrations"), ("get", "/integrations/{slug}"), ("post", "/instances"),
        ("get", "/instances"), ("get", "/instances/{id}"), ("patch", "/instances/{id}"),
        ("post", "/instances/{id}/runs"), ("get", "/instances/{id}/runs"),
        ("get", "/instances/{id}/moments"), ("delete", "/instances/{id}/accounts"),
        ("delete", "/instances/{id}"), ("get", "/accounts"), ("get", "/people"),
        ("get", "/people/{id}"), ("get", "/applications"), ("get", "/reports"),
        ("get", "/reports/{slug}"), ("get", "/notifications/recipients"),
        ("put", "/notifications/recipients"), ("get", "/healthz"), ("get", "/metrics"),
    }  # fmt: skip
    there = {(m, p.removeprefix("/api/v1")) for p, o in described["paths"].items() for m in o}
    assert contract - there == set()


def test_no_two_shapes_share_a_name():
    """In the description of the API the second would stand for both."""
    found = Counter()
    for module in pkgutil.iter_modules(api_package.__path__, "steward.api."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if isinstance(kind, type) and issubclass(kind, Schema) and "[" not in name:
                found[name] += kind.__module__ == module.name
    assert {name for name, count in found.items() if count > 1} == set()
