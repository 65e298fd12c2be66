"""/usage, page by page."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.sdk import records as r
from steward.sync import usage
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def acme(connect, sync, company):
    company.streams["activity"] = [
        r.Activity(account="ann", day=TODAY - timedelta(days=n)) for n in (1, 2, 8)
    ]
    instance = connect()
    sync(instance)
    usage.tell_everything()
    return instance


def test_users_of_an_application(api, acme):
    number = acme.application_id
    found = api("GET", "/usage", application=number, days=7, limit=2).json()
    assert found["period"]["days"] == 7
    assert found["application"]["source"] == "direct"
    rest = api("GET", "/usage", application=number, days=7, limit=2, cursor=found["next"]).json()
    users = {row["name"]: row for row in (*found["items"], *rest["items"])}
    assert (set(users), rest["next"], found["total"]) == ({"Ann", "Bob", "Cem"}, None, 3)
    assert {n: (u["days_active"], u["standing"]) for n, u in users.items()} == {
        "Ann": (2, "active"), "Bob": (0, "never"), "Cem": (0, "never"),
    }  # fmt: skip
    assert users["Ann"]["email"] == "ann@corp.example"


def test_nobody_tells_is_not_nobody_uses(api, connect, sync):
    instance = connect()
    sync(instance)
    usage.tell_everything()
    found = api("GET", "/usage", application=instance.application_id).json()
    assert found["application"]["source"] is None
    assert (found["figures"]["active"], found["figures"]["unknown"]) == (None, 3)
    assert {(r["days_active"], r["standing"]) for r in found["items"]} == {(None, "unknown")}
    assert {point["active"] for point in found["trend"]} == {None}


def test_a_telling_application_has_figures_and_a_trend(api, acme, company, sync):
    at = datetime.combine(TODAY - timedelta(days=1), datetime.min.time(), UTC)
    company.people("ann", "bob", "cem", last_active_at=at)
    sync(acme)
    usage.tell_everything()
    found = api("GET", "/usage", application=acme.application_id, days=7).json()
    assert found["figures"] == {
        "users": 3, "active": 3, "inactive": 0, "never": 0, "unknown": 0, "share": 100,
    }  # fmt: skip
    days = {row["name"]: row["days_active"] for row in found["items"]}
    assert days == {"Ann": 2, "Bob": 1, "Cem": 1}
    assert [point["active"] for point in found["trend"]][-2:] == [1, 3]
    assert found["items"][0]["of"] == "user"
    assert found["provenance"]["instances"] == [{"id": acme.pk, "name": "Acme"}]


def test_applications_a_person_and_groups(api, acme):
    (one,) = api("GET", "/usage").json()["items"]
    said = (one["of"], one["name"], one["users"], one["active"], one["share"])
    assert said == ("application", "Scripted", 3, 1, 33)
    person = api("GET", "/people", q="ann").json()["items"][0]["id"]
    (theirs,) = api("GET", "/usage", person=person).json()["items"]
    assert (theirs["of"], theirs["application_name"]) == ("user", "Scripted")
    (group,) = api("GET", "/usage", group_by="department").json()["items"]
    assert group == {"of": "group", "group": "Not said", "users": 3, "active": 1, "share": 33}
    (active,) = api("GET", "/usage", list="people", who="active").json()["items"]
    assert (active["name"], active["application"], active["source"]) == ("Ann", None, None)


@pytest.mark.parametrize(
    "query",
    [{"days": 0}, {"department": "Nowhere"}, {"application": 999}, {"from": "2026-99-01"},
     {"list": "odd"}],
)  # fmt: skip
def test_what_cannot_be_asked(api, acme, query):
    problem(api("GET", "/usage", **query), 422, "invalid")
