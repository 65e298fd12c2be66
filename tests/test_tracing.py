"""What a collector is told of a Steward at work, and what it never is."""

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import httpx2
import pytest
import structlog

from steward import tracing
from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim
from tests.processes import steward_on, wait_until
from tests.servers.collector import running_collector
from tests.servers.slapd import free_port

SECRET = "tell-nobody-5f2c81d0"
PEOPLE = 120
CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"
SERVER, CLIENT = 2, 3


@pytest.fixture(scope="module")
def collector():
    with running_collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def steward(collector, tmp_path_factory):
    bind = f"127.0.0.1:{free_port()}"
    env = {
        "STEWARD_BIND": bind,
        "STEWARD_BASE_URL": f"http://{bind}",
        "STEWARD_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with steward_on(tmp_path_factory.mktemp("traced"), **env) as steward:
        steward.url = f"http://{bind}"
        yield steward


@pytest.fixture(scope="module")
def story(steward, collector):
    """Connected through the API, synced by the worker twice: well, and with the app broken."""
    controls = Controls(tokens={SECRET}, page_cap=25)
    created = steward.run("token", "create", "--name", "test", "--role", "admin", "--json")
    token = json.loads(created.stdout)["token"]
    steward.start("web")
    steward.start("worker")
    with serving(scim.simulator(made_up(PEOPLE), controls)) as base:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=f"{steward.url}/api/v1", headers=headers, timeout=30) as api:
            wait_until(lambda: answers(steward), 60, steward.logs)
            made = connect(api, base)
            wait_until(lambda: ended(api, made) == ["succeeded"], 60, steward.logs)
            people = api.get("/accounts", params={"q": "somebody@corp.example"})
            assert people.status_code == 200
            controls.broken, controls.paths = "html", ("/Users",)
            assert api.post(f"/instances/{made}/runs").status_code == 202
            wait_until(lambda: ended(api, made) == ["failed", "succeeded"], 60, steward.logs)
            accounts = api.get("/accounts", params={"limit": 1000}).json()["items"]
    httpx2.get(f"{steward.url}/welcome/{SECRET}/")
    steward.end()
    emails = [account["email"] for account in accounts if account["email"]]
    return SimpleNamespace(instance=made, token=token, emails=emails, tokens=(token, SECRET))


def answers(steward):
    try:
        return httpx2.get(f"{steward.url}/healthz").json()["worker"]
    except httpx2.TransportError:
        return False


def connect(api, base):
    body = {
        "integration": "scim", "name": "Design", "settings": {"url": f"{base}/scim/v2"},
        "auth": "bearer", "credentials": {"token": SECRET},
    }  # fmt: skip
    made = api.post("/instances", json=body, headers={"traceparent": f"00-{CALLER}-{'1' * 16}-01"})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def ended(api, instance):
    runs = api.get(f"/instances/{instance}/runs").json()["items"]
    return [run["state"] for run in runs if run["finished_at"]]


def within(collector, trace):
    return [span for span in collector.spans if span.trace == trace]


def test_a_run_its_streams_and_their_requests_are_one_trace(story, collector):
    run = next(s for s in collector.named("run") if s.facts["steward.outcome"] == "succeeded")
    trace = within(collector, run.trace)
    accounts = next(span for span in trace if span.name == "stream accounts")
    requests = [span for span in trace if span.parent == accounts.id]
    assert not run.parent
    assert accounts.parent == run.id
    assert run.facts["steward.instance"] == story.instance
    assert run.facts["steward.integration"] == "scim"
    assert run.facts["steward.records"] >= len(story.emails)
    assert accounts.facts["steward.records"] == len(story.emails)
    assert run.process["service.name"] == "steward"
    assert run.process["steward.process"] == "worker"
    assert run.process["deployment.environment.name"] == "test"
    assert len(requests) >= accounts.facts["steward.pages"] > 1
    assert {(r.name, r.kind, r.facts["server.address"]) for r in requests} == {
        ("GET", CLIENT, "127.0.0.1")
    }
    assert {r.facts["http.response.status_code"] for r in requests} == {200}
    assert not any(span.failed for span in (run, accounts, *requests))


def test_a_run_that_fails_says_by_what_kind_of_error(story, collector):
    run = next(s for s in collector.named("run") if s.facts["steward.outcome"] == "failed")
    stream = next(s for s in within(collector, run.trace) if s.name == "stream accounts")
    assert run.failed
    assert stream.failed
    assert run.facts["error.type"] == stream.facts["error.type"] == "unexpected"


def test_a_request_of_the_web_goes_on_in_the_trace_of_its_caller(story, collector):
    (created,) = collector.named("POST /api/v1/instances")
    trial = [span for span in within(collector, CALLER) if span.kind == CLIENT]
    assert created.trace == CALLER
    assert created.kind == SERVER
    assert created.process["steward.process"] == "web"
    assert created.facts["http.response.status_code"] == 201
    assert trial
    assert {span.parent for span in trial} == {created.id}


def test_no_span_tells_a_secret_an_address_of_a_person_or_a_query(story, collector):
    assert collector.named("GET /welcome/<str:token>/")
    assert collector.named("GET /api/v1/accounts")
    told = b"".join(collector.bodies)
    forbidden = [*story.tokens, *story.emails, "somebody@corp.example", "startIndex", "Bearer"]
    assert len(story.emails) > 50
    assert [text for text in forbidden if text.encode() in told] == []
    words = [str(word) for s in collector.spans for word in (s.name, *s.facts.values())]
    assert [word for word in words if "@" in word or "?" in word] == []


def test_every_line_of_a_sync_names_its_run_instance_and_trace(story, steward, collector):
    (file,) = steward.folder.glob("worker-*.log")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    runs = {span.facts["steward.run"]: span.trace for span in collector.named("run")}
    syncs = [line for line in lines if line["logger"].startswith("steward.sync")]
    assert [line["state"] for line in syncs if line["event"] == "run ended"] == [
        "succeeded",
        "failed",
    ]
    assert {line["instance"] for line in syncs} == {story.instance}
    assert {line["run"]: line["trace"] for line in syncs} == runs


def test_no_line_of_any_log_tells_a_secret(story, steward):
    written = "\n".join(file.read_text() for file in steward.folder.glob("*.log"))
    assert "run ended" in written
    assert "/welcome/" in written
    assert [secret for secret in (*story.tokens, *story.emails) if secret in written] == []


@pytest.fixture
def telling(monkeypatch, collector):
    """Traces of this very process, sent at once; and what is logged meanwhile."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    with structlog.testing.capture_logs() as logged:
        yield logged
    tracing.stop()
    collector.status = 200


def test_a_collector_that_is_away_is_said_once_and_so_is_its_return(telling, collector):
    def sent(name, status):
        collector.status = status
        with tracing.span(name):
            pass

    def said():
        return [line["event"] for line in telling]

    tracing.start("test")
    for number in range(3):
        sent(f"lost {number}", 400)
        wait_until(said)
    time.sleep(0.2)
    sent("arrived", 200)
    wait_until(lambda: collector.named("arrived"))
    wait_until(lambda: len(said()) > 1)
    assert said() == ["traces do not reach the collector", "traces reach the collector again"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "must look like http://HOST:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "set OTEL_EXPORTER_OTLP_PROTOCOL"),
    ],
)
def test_what_cannot_be_used_is_said_and_nobody_is_kept_from_working(
    telling, monkeypatch, name, value, why
):
    monkeypatch.setenv(name, value)
    tracing.start("test")
    with tracing.span("work"):
        tracing.note(records=1)
    assert not tracing.is_on()
    assert why in telling[0]["why"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ],
)
def test_no_word_and_no_trace_where_none_are_wanted(telling, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    tracing.start("test")
    assert not tracing.is_on()
    assert telling == []


def test_the_packages_of_opentelemetry_are_not_loaded_for_nothing():
    program = (
        "import sys, django; django.setup()\n"
        "import steward.wsgi, steward.work.worker\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
