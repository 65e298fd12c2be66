"""/webhooks and /schedules over the API."""

import pytest
from standardwebhooks import Webhook as Verifier

from steward.inventory.mail import Mail
from steward.inventory.schedule import ScheduleRun
from steward.inventory.webhook import Webhook
from steward.notify import webhooks
from steward.work import schedules
from tests.api.conftest import problem
from tests.servers.receiver import receiving


@pytest.fixture
def receiver(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    with receiving() as made:
        yield made


@pytest.fixture
def made(api, receiver):
    body = {"name": "Tickets", "url": f"{receiver.url}?key=sesame", "events": ["instance.failed"]}
    return api("POST", "/webhooks", body).json()


def test_a_webhook_is_made_tested_rotated_and_deleted(api, receiver, made):
    assert made["secret"].startswith("whsec_")
    told = api("GET", f"/webhooks/{made['id']}").json()
    assert "secret" not in told
    assert told["url"].endswith("/hook?…")
    tried = api("POST", f"/webhooks/{made['id']}/test").json()
    assert (tried["state"], tried["status"], len(tried["tries"])) == ("delivered", 204, 1)
    _, _, headers, body = receiver.got[0]
    Verifier(made["secret"]).verify(body, headers)
    rotated = api("POST", f"/webhooks/{made['id']}/rotate", {}).json()
    assert rotated["secret"] != made["secret"]
    api("POST", f"/webhooks/{made['id']}/test")
    _, _, headers, body = receiver.got[1]
    for secret in (made["secret"], rotated["secret"]):
        Verifier(secret).verify(body, headers)
    assert api("DELETE", f"/webhooks/{made['id']}").status_code == 200
    problem(api("GET", f"/webhooks/{made['id']}"), 404, "not_found")


def test_what_fails_is_listed_and_can_be_sent_again(api, receiver, made):
    receiver.answer(500, "no")
    webhooks.announce("instance.failed", {})
    webhooks.deliver_due(made["id"])
    (row,) = api("GET", f"/webhooks/{made['id']}/deliveries").json()["items"]
    assert (row["state"], row["status"], row["error"]) == ("queued", 500, "It answered 500: no")
    assert row["next_try_at"]
    assert api("GET", "/webhooks").json()["items"][0]["waiting"] == 1
    receiver.answer(200)
    again = f"/webhooks/{made['id']}/deliveries/{row['id']}/redeliver"
    assert api("POST", again).status_code == 202
    assert webhooks.deliver_due(made["id"]) == 1
    problem(
        api("POST", f"/webhooks/{made['id'] + 1}/deliveries/{row['id']}/redeliver"),
        404,
        "not_found",
    )
    api("PATCH", f"/webhooks/{made['id']}", {"enabled": False})
    problem(api("POST", again), 409, "disabled")


def test_events_are_described(api):
    items = api("GET", "/webhooks/events").json()["items"]
    names = {e["name"] for e in items if e["chosen"]}
    assert "instance.revoked" in names
    assert "report.ready" not in names
    assert all(e["says"] for e in items)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": "gopher://x.example"}, "url"),
        ({"events": ["instance.exploded"]}, "events"),
        ({"events": ["report.ready"]}, "events"),
        ({"secret": "hunter2"}, "secret"),
        ({"name": ""}, "name"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(api, receiver, body, field):
    answer = api("POST", "/webhooks", {"name": "N", "url": receiver.url, **body})
    told = problem(answer, 422, "invalid")
    assert [e["field"] for e in told["errors"]] == [field]
    assert "hunter2" not in answer.content.decode()
    assert Webhook.objects.count() == 0


NEW = {
    "name": "Monday",
    "report": "orphan-accounts",
    "emails": ["Ann@corp.example"],
    "cadence": "weekly",
    "weekdays": ["mon"],
    "at": "07:30",
    "zone": "Europe/Berlin",
    "filters": {"q": "bot"},
}


def test_a_schedule_is_made_changed_run_and_deleted(api):
    made = api("POST", "/schedules", NEW).json()
    assert made["when"] == "on Monday at 07:30 (Europe/Berlin)"
    assert made["emails"] == ["ann@corp.example"]
    assert made["next_at"]
    path = f"/schedules/{made['id']}"
    off = api("PATCH", path, {"enabled": False, "cadence": "monthly", "day": 31}).json()
    assert (off["next_at"], off["filters"]) == (None, {"q": "bot"})
    assert off["when"] == "on the last day of the month at 07:30 (Europe/Berlin)"
    answer = api("POST", f"{path}/run")
    assert answer.status_code == 202
    run = answer.json()
    assert run["state"] == "queued"
    assert run["by"] == "token admin"
    assert api("POST", f"{path}/run").json()["id"] == run["id"]
    schedules.carry_out(run["id"])
    (told,) = api("GET", f"{path}/runs").json()["items"]
    assert (told["state"], told["rows"]) == ("done", 0)
    assert Mail.objects.get().to == "ann@corp.example"
    assert api("GET", path).json()["last_state"] == "done"
    assert [s["id"] for s in api("GET", "/schedules").json()["items"]] == [made["id"]]
    assert api("DELETE", path).status_code == 200
    assert ScheduleRun.objects.count() == 0
    problem(api("GET", path), 404, "not_found")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"report": "nothing"}, "report"),
        ({"filters": {"colour": "red"}}, "filters"),
        ({"columns": ["colour"]}, "columns"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"weekdays": []}, "weekdays"),
        ({"emails": []}, "emails"),
        ({"webhook": 77}, "webhook"),
        ({"folder": ""}, "folder"),
        ({"report": "charges"}, "with_money"),
        ({"day": True}, "day"),
    ],
)
def test_a_schedule_that_does_not_do_is_refused(api, change, field):
    told = problem(api("POST", "/schedules", {**NEW, "filters": {}, **change}), 422, "invalid")
    assert [e["field"] for e in told["errors"]] == [field]


def test_readers_look_and_change_nothing(api, reader, made):
    schedule = api("POST", "/schedules", {**NEW, "webhook": made["id"]}).json()
    for path in ("/webhooks", "/schedules", f"/webhooks/{made['id']}/deliveries",
                 f"/schedules/{schedule['id']}/runs", "/webhooks/events"):  # fmt: skip
        answer = reader("GET", path)
        assert answer.status_code == 200
        assert "whsec_" not in answer.content.decode()
        assert "sesame" not in answer.content.decode()
    for method, path, body in (
        ("POST", "/webhooks", {}),
        ("PATCH", f"/webhooks/{made['id']}", {}),
        ("POST", f"/webhooks/{made['id']}/test", None),
        ("POST", f"/webhooks/{made['id']}/rotate", {}),
        ("POST", "/schedules", NEW),
        ("POST", f"/schedules/{schedule['id']}/run", None),
        ("DELETE", f"/schedules/{schedule['id']}", None),
    ):
        problem(reader(method, path, body), 403, "forbidden")
    problem(api("DELETE", f"/webhooks/{made['id']}"), 409, "in_use")
