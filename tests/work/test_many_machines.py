"""Two web servers and three workers on one PostgreSQL: the whole life of an instance, each act on
another machine than the one before."""

import itertools
import re
import socket
import threading

import httpx2
import psycopg
import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim
from tests.processes import steward_on, wait_until

MEMBER = """
from steward.inventory.member import ApiToken, Member
Member.objects.create_user("admin@corp.example", "a long enough password", role="admin")
print(ApiToken.make("test", "admin")[1])
"""
DUE = """
from datetime import timedelta
from django.utils import timezone
from steward.inventory.instance import Instance
Instance.objects.update(next_sync_at=timezone.now() - timedelta(minutes=1))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def company():
    controls = Controls()
    with serving(scim.simulator(made_up(300), controls)) as base:
        yield f"{base}/scim/v2", controls


@pytest.fixture(scope="module")
def machines(postgresql, tmp_path_factory):
    folder = tmp_path_factory.mktemp("machines")
    url = postgresql.database("machines")
    with steward_on(folder, url) as steward:
        steward.url = url
        steward.token = steward.python(MEMBER).split()[-1]
        ports = [free_port(), free_port()]
        for port in ports:
            bind = f"127.0.0.1:{port}"
            steward.start("web", STEWARD_BIND=bind, STEWARD_BASE_URL=f"http://{bind}")
        for number in range(3):
            steward.start("worker", STEWARD_WORKER_NAME=f"worker-{number}")
        steward.webs = [f"http://127.0.0.1:{port}" for port in ports]
        for web in steward.webs:
            wait_until(lambda web=web: answers(web), 60, steward.logs)
        yield steward


def answers(web):
    try:
        return httpx2.get(f"{web}/healthz").json()["worker"]
    except httpx2.TransportError:
        return False


@pytest.fixture
def api(machines):
    """Each call goes to the other web server than the one before."""
    turns = itertools.cycle(machines.webs)
    client = httpx2.Client(headers={"Authorization": f"Bearer {machines.token}"}, timeout=30)

    def call(method, path, **more):
        answer = client.request(method, f"{next(turns)}/api/v1{path}", **more)
        assert answer.status_code < 400, answer.text
        return answer.json()

    yield call
    client.close()


def rows(machines, question):
    with psycopg.connect(machines.url) as database:
        return database.execute(question).fetchall()


def connect(api, url, name):
    body = {
        "integration": "scim", "name": name, "settings": {"url": url}, "auth": "bearer",
        "credentials": {"token": "demo-token"}, "allow_same_tenant": True,
    }  # fmt: skip
    return api("POST", "/instances", json=body)["id"]


def when(api, machines, path, **wanted):
    """The instance, once its facts are these."""

    def as_wanted():
        found = api("GET", path)
        return found if all(found[name] == value for name, value in wanted.items()) else None

    return wait_until(as_wanted, 60, machines.logs)


def test_the_whole_life_of_an_instance(api, machines, company):
    url, _ = company
    everybody = sum(1 for _ in made_up(300).users("scim"))
    path = f"/instances/{connect(api, url, 'Design')}"
    when(api, machines, path, state="live", accounts=everybody)
    assert api("PATCH", path, json={"name": "Design studio"})["name"] == "Design studio"
    assert api("PATCH", path, json={"status": "inactive"})["status"] == "Inactive"
    assert api("GET", path)["accounts"] == everybody
    api("PATCH", path, json={"status": "live"})
    when(api, machines, path, state="live")
    api("DELETE", f"{path}/accounts")
    assert api("GET", path)["accounts"] == 0
    api("POST", f"{path}/runs")
    when(api, machines, path, accounts=everybody)
    closed = "SELECT count(*) FROM inventory_book WHERE closed_at IS NOT NULL"
    wait_until(lambda: rows(machines, closed) == [(0,)], 60, machines.logs)
    api("DELETE", path, params={"understood": "true"})
    assert api("GET", "/instances")["items"] == []
    again = f"/instances/{connect(api, url, 'Design')}"
    when(api, machines, again, state="live", accounts=everybody)
    api("DELETE", again, params={"understood": "true"})


def test_a_run_asked_for_on_one_machine_is_stopped_on_another(api, machines, company):
    url, controls = company
    controls.latency, controls.page_cap = 2.0, 10
    try:
        path = f"/instances/{connect(api, url, 'Slow')}"
        run = api("GET", f"{path}/runs")["items"][0]["id"]
        wait_until(lambda: api("GET", f"{path}/runs")["items"][0]["state"] == "running", 30)
        api("POST", f"{path}/runs/{run}/stop")
        wait_until(lambda: api("GET", f"{path}/runs")["items"][0]["state"] == "stopped", 5)
    finally:
        controls.latency, controls.page_cap = 0.0, 100
    api("DELETE", path, params={"understood": "true"})


def test_a_schedule_fires_once_for_all_workers(api, machines, company):
    ids = [connect(api, company[0], f"App {number}") for number in range(5)]
    for number in ids:
        when(api, machines, f"/instances/{number}", state="live")
    machines.python(DUE)
    scheduled = "SELECT count(*) FROM inventory_run WHERE trigger = 'schedule'"
    ended = f"{scheduled} AND state = 'succeeded'"
    wait_until(lambda: rows(machines, ended) == [(5,)], 60, machines.logs)
    threading.Event().wait(3)
    assert rows(machines, scheduled) == [(5,)]
    attempts = "SELECT max(attempt) FROM inventory_run WHERE trigger = 'schedule'"
    assert rows(machines, attempts) == [(1,)]


def test_who_signed_in_on_one_machine_is_signed_in_on_the_other(machines):
    first, second = machines.webs
    with httpx2.Client(follow_redirects=True, timeout=30) as browser:
        page = browser.get(f"{first}/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        browser.post(
            f"{first}/sign-in/",
            data={
                "csrfmiddlewaretoken": token,
                "username": "admin@corp.example",
                "password": "a long enough password",
            },
            headers={"Referer": f"{first}/sign-in/"},
        )
        session = next(c for c in browser.cookies.jar if c.name == "sessionid")
    other = httpx2.get(f"{second}/", cookies={"sessionid": session.value})
    assert other.status_code == 200
    assert "Sign out" in other.text
