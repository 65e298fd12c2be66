import pytest

from steward.inventory.instance import Instance
from steward.sync import deleting, engine
from tests.api.conftest import problem, streamed

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def acme(api, new, sync):
    made = api("POST", "/instances", new()).json()
    sync(Instance.objects.get(pk=made["id"]))
    return made["id"]


def test_connecting_answers_with_the_instance(api, new):
    answer = api("POST", "/instances", new())
    assert answer.status_code == 201
    told = answer.json()
    assert (
        told
        | {
            "integration": "scripted",
            "name": "Acme",
            "state": "pending",
            "status": "Live",
            "stale": False,
            "last_synced_at": None,
            "accounts": 0,
        }
        == told
    )
    assert [s["state"] for s in told["streams"]] == ["never"] * 7
    assert api("GET", f"/instances/{told['id']}/runs").json()["items"][0]["state"] == "queued"


def test_connecting_without_a_sync(api, new):
    made = api("POST", "/instances", new(sync=False)).json()
    assert api("GET", f"/instances/{made['id']}/runs").json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"settings": {}}, {"settings.company"}),
        ({"settings": {"company": "acme", "x": 1}}, {"settings.x"}),
        ({"credentials": {}}, {"credentials.token"}),
        ({"integration": "nothing"}, {"integration"}),
        ({"every_hours": 0}, {"every_hours"}),
        ({"auth": "nothing"}, {"auth"}),
        ({"settings": 7}, {"settings"}),
        ({"unknown": 7}, {"unknown"}),
    ],
)
def test_bad_fields_are_named_and_nothing_is_saved(api, new, change, fields):
    told = problem(api("POST", "/instances", new(**change)), 422, "invalid")
    assert {e["field"] for e in told["errors"]} == fields
    assert not Instance.objects.exists()


def test_a_refusal_of_the_app_is_424(api, new, company):
    problem(api("POST", "/instances", new(credentials={"token": "x"})), 424, "unauthorized")
    company.scopes = frozenset()
    told = problem(api("POST", "/instances", new()), 424, "forbidden")
    assert told["missing"] == ["users.read"]
    assert not Instance.objects.exists()


def test_the_same_name_or_tenant_is_409(api, new, acme):
    told = problem(api("POST", "/instances", new(name="Again")), 409, "same_tenant")
    assert told["instance"] == acme
    problem(api("POST", "/instances", new()), 409, "same_name")
    again = new(name="Again", allow_same_tenant=True)
    assert api("POST", "/instances", again).status_code == 201


def test_an_instance_tells_how_it_does(api, acme):
    told = api("GET", f"/instances/{acme}").json()
    assert (told["state"], told["accounts"], told["stale"]) == ("live", 3, False)
    assert told["last_synced_at"].endswith("Z")
    accounts = told["streams"][0]
    assert (accounts["name"], accounts["state"], accounts["records"]) == ("accounts", "ok", 3)
    assert "credentials" not in told


def test_editing(api, acme, company):
    answer = api("PATCH", f"/instances/{acme}", {"name": "West", "every_hours": 2})
    assert (answer.json()["name"], answer.json()["every_hours"]) == ("West", 2)
    off = api("PATCH", f"/instances/{acme}", {"status": "inactive"}).json()
    assert (off["state"], off["status"], off["stale"]) == ("inactive", "Inactive", True)
    problem(api("POST", f"/instances/{acme}/runs"), 409, "not_allowed")
    assert api("PATCH", f"/instances/{acme}", {"status": "live"}).json()["state"] == "pending"
    wrong = {"credentials": {"token": "x"}}
    problem(api("PATCH", f"/instances/{acme}", wrong), 424, "unauthorized")
    problem(api("PATCH", f"/instances/{acme}", {"status": "asleep"}), 422, "invalid")
    company.token = "newer"
    answer = api("PATCH", f"/instances/{acme}", {"credentials": {"token": "newer"}})
    assert answer.json()["state"] == "pending"


def test_a_second_request_joins_the_open_run(api, acme):
    first = api("POST", f"/instances/{acme}/runs")
    assert first.status_code == 202
    run = first.json()
    assert api("POST", f"/instances/{acme}/runs").json()["id"] == run["id"]
    assert run["requested_by"] == "token admin"
    stopped = api("POST", f"/instances/{acme}/runs/{run['id']}/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (202, "stopped")


def test_a_run_tells_what_it_did(api, acme):
    (run,) = api("GET", f"/instances/{acme}/runs").json()["items"]
    assert (run["state"], run["counts"]["appeared"]) == ("succeeded", 3)
    assert {s["name"]: s["records"] for s in run["streams"]}["accounts"] == 3


def test_moments_say_who_and_when(api, acme):
    items = api("GET", f"/instances/{acme}/moments").json()["items"]
    assert [(m["event"], m["actor"]) for m in items] == [
        ("succeeded", ""),
        ("connected", "token admin"),
    ]


def test_deleting_all_users_takes_effect_at_once(api, acme):
    assert api("DELETE", f"/instances/{acme}/accounts").status_code == 202
    assert api("GET", "/accounts").json()["items"] == []
    assert api("GET", "/people").json()["items"] == []
    assert api("GET", f"/instances/{acme}").json()["accounts"] == 0


def test_deleting_must_be_understood_and_is_gone_from_every_answer(api, acme, new, sync):
    told = problem(api("DELETE", f"/instances/{acme}"), 400, "not_understood")
    assert "3 accounts" in told["detail"]
    assert api("DELETE", f"/instances/{acme}", understood="true").status_code == 202
    for path in ("/instances", "/accounts", "/people", "/applications"):
        assert api("GET", path).json()["items"] == [], path
    for path in ("", "/runs", "/moments", "/removals"):
        problem(api("GET", f"/instances/{acme}{path}"), 404, "not_found")
    assert streamed(api("GET", "/reports/users-by-application"))["total"] == 0
    again = api("POST", "/instances", new()).json()["id"]
    sync(Instance.objects.get(pk=again))
    while deleting.purge_closed():
        pass
    assert len(api("GET", "/accounts").json()["items"]) == 3


def test_held_removals_are_listed_and_decided(api, acme, company, sync):
    company.people(*(f"u{n}" for n in range(60)))
    sync(Instance.objects.get())
    company.people(*(f"u{n}" for n in range(20)))
    sync(Instance.objects.get())
    assert api("GET", f"/instances/{acme}").json()["removals_held"] == 40
    held = api("GET", f"/instances/{acme}/removals", limit=1000).json()["items"]
    assert len(held) == 40
    done = api("POST", f"/instances/{acme}/removals", {"decision": "release"})
    assert (done.status_code, done.json()["removals_held"]) == (200, 0)
    problem(api("POST", f"/instances/{acme}/removals", {"decision": "release"}), 409, "not_allowed")


def test_lists_are_walked_to_their_end(api, new, company):
    for number in range(5):
        assert api("POST", "/instances", new(name=f"N{number}", allow_same_tenant=True))
    names, cursor = [], ""
    while cursor is not None:
        page = api("GET", "/instances", limit=2, cursor=cursor).json()
        names += [i["name"] for i in page["items"]]
        cursor = page["next"]
    assert names == [f"N{n}" for n in range(5)]
    problem(api("GET", "/instances", cursor="nonsense"), 422, "invalid")
    problem(api("GET", "/instances", limit=1001), 422, "invalid")


def test_a_run_that_is_stopped_leaves_the_instance_as_it_was(api, acme):
    run = api("POST", f"/instances/{acme}/runs").json()["id"]
    api("POST", f"/instances/{acme}/runs/{run}/stop")
    engine.carry_out(run)
    assert api("GET", f"/instances/{acme}").json()["state"] == "live"
