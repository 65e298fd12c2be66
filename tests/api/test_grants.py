"""/grants and the sources of applications, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.sdk import records as r
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(connect, sync, company):
    company.streams["grants"] = [
        r.App(id="z", name="Zoom", publisher="Zoom Inc.", verified=True),
        r.App(id="m", name="Miro"),
        r.Grant(app="z", account="ann", scopes=("mail",), granted_by="bob"),
        r.Grant(app="m", account="bob"),
        r.Grant(app="m", scopes=("boards",)),
    ]
    instance = connect()
    sync(instance)
    return instance


def test_a_longer_page_asks_no_more_of_the_database(api, acme):
    def asked(limit):
        with CaptureQueriesContext(connection) as queries:
            api("GET", "/grants", limit=limit)
        return len(queries)

    assert asked(1) == asked(3)


def test_who_let_what_in(api, acme):
    found = api("GET", "/grants").json()
    assert found["next"] is None
    zoom, miro, for_all = found["items"]
    assert (zoom["app"], zoom["account_name"], zoom["scopes"]) == ("Zoom", "Ann", ["mail"])
    assert (zoom["publisher"], zoom["verified"], zoom["granted_by"]) == ("Zoom Inc.", True, "bob")
    assert zoom["granted_by_account"] == miro["account"]
    assert (miro["publisher"], miro["verified"], miro["granted_by"]) == (None, None, None)
    assert (for_all["account"], for_all["person"], for_all["scopes"]) == (None, None, ["boards"])
    assert [g["how"] for g in (zoom, for_all)] == [
        None,
        "An administrator has agreed for everybody.",
    ]
    first = api("GET", "/grants", limit=2).json()
    rest = api("GET", "/grants", limit=2, cursor=first["next"]).json()
    assert [*first["items"], *rest["items"]] == found["items"]

    def apps(**query):
        return [g["app"] for g in api("GET", "/grants", **query).json()["items"]]

    assert apps(person=zoom["person"]) == ["Zoom"]
    assert apps(application=miro["application"]) == ["Miro", "Miro"]
    assert apps(instance=acme.pk + 1) == apps(as_of="2001-01-01") == []
    problem(api("GET", "/grants", as_of="2001-99-01"), 422, "invalid")


def test_applications_say_how_they_are_known(api, acme):
    def sources(**query):
        rows = api("GET", "/applications", **query).json()["items"]
        return {row["name"]: row["sources"] for row in rows}

    assert sources() == {"Scripted": ["connected"], "Zoom": ["grants"], "Miro": ["grants"]}
    assert set(sources(source="seen")) == {"Zoom", "Miro"}
    assert set(sources(source="sign-on")) == set()
    assert set(sources(q="zo")) == {"Zoom"}


def test_pages_list_the_access(client, acme, api):
    from steward.inventory.member import Member, Role

    client.force_login(Member.objects.create_user("admin@corp.example", role=Role.ADMIN))
    zoom, _, for_all = api("GET", "/grants").json()["items"]
    for path in (
        f"/applications/{zoom['application']}/",
        f"/people/{zoom['person']}/",
        f"/accounts/{zoom['account']}/",
        "/reports/third-party-access/",
    ):
        page = client.get(path).content.decode()
        assert "<code" in page, path
        assert "Third-party access" in page, path
    assert "everybody" in client.get(f"/applications/{for_all['application']}/").content.decode()
    assert (
        "sign-on"
        not in client.get("/applications/?source=grants").content.decode().split("<tbody>")[1]
    )


@pytest.fixture
def rated(connect, sync, company):
    company.streams["grants"] = [
        r.App(id="z", name="Zoom"),
        r.App(id="m", name="Miro"),
        r.Grant(app="z", account="ann", scopes=("sign-in", "mail")),
        r.Grant(app="m", scopes=("boards",)),
    ]
    sync(connect())


def test_access_is_judged_over_the_api(api, reader, rated):
    rows = api("GET", "/grants/applications").json()["items"]
    miro, zoom = sorted(rows, key=lambda row: row["name"])
    assert (zoom["risk"], miro["risk"], miro["for_everybody"]) == ("high", "unknown", True)
    path = f"/grants/applications/{zoom['application']}"
    told = api("PATCH", path, {"status": "approved", "comment": "Checked"}).json()
    assert told["status"] == "approved"
    assert told["revoking"][0]["steps"]
    assert [s["scope"] for s in told["held"]] == ["mail", "sign-in"]
    history = api("GET", f"/applications/{zoom['application']}/history").json()["items"]
    assert history[0]["comment"] == "Checked"
    assert reader("GET", path).json() == told
    problem(reader("PATCH", path, {"status": "unapproved"}), 403, "forbidden")
    problem(api("PATCH", path, {"status": "fine"}), 422, "invalid")
    problem(api("GET", "/grants/applications/999999"), 404, "not_found")


def test_grants_are_found_by_scope_risk_status_and_day(api, rated):
    def apps(path="/grants", **query):
        rows = api("GET", path, **query).json()["items"]
        return [row.get("app") or row.get("name") for row in rows]

    assert apps(scope="mail") == apps(risk="risky") == ["Zoom"]
    assert apps(scope="mai") == apps(since="2020-01-01") == apps(risk="low") == []
    assert apps(risk="unknown") == ["Miro"]
    assert apps(status="not-approved") == ["Zoom", "Miro"]
    assert apps("/grants/applications", scope="board") == ["Miro"]
    assert apps("/grants/applications", new=30) == []
    scopes = api("GET", "/grants/scopes").json()["items"]
    assert [(s["scope"], s["risk"]) for s in scopes] == [
        ("mail", "high"), ("sign-in", "low"), ("boards", "unknown"),
    ]  # fmt: skip
