"""The reader's thread, and what the run's own thread does meanwhile."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from steward.integrations.scim import plain
from steward.inventory.account import Account
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sdk import unread
from steward.sdk.connector import Page
from steward.sync import acts, engine, runs
from steward.sync.ahead import Halt, ahead

pytestmark = pytest.mark.django_db(transaction=True)


class App:
    """A SCIM service of 4 users, one a page; `hold` is what an answer waits for from page 3 on."""

    def __init__(self):
        self.hold = threading.Event()
        self.hold.set()
        self.asked = []
        self.headers = {}
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body, headers = app.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                raw = json.dumps(body).encode()
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        if "/Users" not in path:
            return 200, {"totalResults": 0, "Resources": []}, {}
        start = int(path.split("startIndex=")[1].split("&")[0]) if "startIndex" in path else 1
        self.asked.append(start)
        if start >= 3 and self.headers:
            return 429, {}, self.headers
        if start >= 3:
            self.hold.wait(30)
        user = {"id": str(start), "userName": f"user{start}@corp.example"}
        return 200, {"totalResults": 4, "Resources": [user]}, {}


@pytest.fixture
def app(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    made = App()
    yield made
    made.hold.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def run(app):
    instance = acts.connect(
        "scim", name="App", settings={"url": app.url}, credentials={"token": "t"},
        auth="bearer", by="admin@corp.example",
    )  # fmt: skip
    return runs.open_run(instance)


def in_background(run):
    from django.db import connections

    def work():
        engine.carry_out(run.pk)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_all_pages_come_in_their_order(run):
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.SUCCEEDED
    found = Account.objects.order_by("id").values_list("external_id", flat=True)
    assert list(found) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(("records", "pages"), [(0, 10), (1, 10), (200, 10), (500, 4), (5_000, 1)])
def test_no_more_is_read_ahead_than_makes_a_batch(records, pages):
    """Besides the page that is at hand, and the one that waits to be put to the others."""
    given = []

    def endless():
        for number in range(50):
            given.append(number)
            yield Page(tuple(range(records)), cursor=number)

    with Halt() as halt:
        found = ahead(endless(), halt)
        next(found)
        wait_until(lambda: len(given) >= pages + 2)
        time.sleep(0.2)
        assert len(given) == pages + 2


def test_who_is_new_is_decoded_by_the_thread_that_reads(app, run, monkeypatch):
    by = []

    def decode(item):
        by.append(threading.current_thread().name)
        return plain.decode(item)

    monkeypatch.setattr("steward.integrations.scim.connector.plain", SimpleNamespace(
        decode=decode, account=plain.account
    ))  # fmt: skip
    engine.carry_out(run.pk)
    assert by == ["reader"] * 4
    Account.objects.filter(external_id="2").update(digest=bytes(16))
    engine.carry_out(acts.request_sync(run.instance, by="test").pk)
    assert by == [*["reader"] * 4, threading.current_thread().name]
    assert Account.objects.count() == 4


def test_what_is_compared_is_printed_by_the_thread_that_reads(app, run, monkeypatch):
    by, digest = [], unread.xxh3_64_digest

    def printed(*given):
        by.append(threading.current_thread().name)
        return digest(*given)

    monkeypatch.setattr(unread, "xxh3_64_digest", printed)
    for _ in range(2):
        engine.carry_out(run.pk)
        run = acts.request_sync(run.instance, by="test")
    assert by == ["reader"] * 8


def test_a_run_that_waits_for_the_app_says_that_it_lives(app, run):
    app.hold.clear()
    thread = in_background(run)
    wait_until(lambda: Account.objects.count() == 2)
    before = Run.objects.get(pk=run.pk).heartbeat_at
    wait_until(lambda: Run.objects.get(pk=run.pk).heartbeat_at > before)
    app.hold.set()
    thread.join(20)
    assert Run.objects.get(pk=run.pk).state == Run.SUCCEEDED


def test_stopping_does_not_wait_for_an_app_that_hangs(app, run):
    app.hold.clear()
    thread = in_background(run)
    wait_until(lambda: 3 in app.asked and Account.objects.count() == 2)
    runs.stop_run(run, by="admin@corp.example")
    thread.join(20)
    assert not app.hold.is_set()
    stopped = Run.objects.get(pk=run.pk)
    assert (stopped.state, stopped.stop_requested_by) == (Run.STOPPED, "admin@corp.example")
    assert Instance.objects.get().moments.filter(event="sync_stopped").exists()


def test_stopping_wakes_who_waits_because_the_app_asked_to(app, run):
    app.headers = {"Retry-After": "50"}
    thread = in_background(run)
    wait_until(lambda: 3 in app.asked)
    began = len(app.asked)
    runs.stop_run(run, by="admin@corp.example")
    thread.join(20)
    assert Run.objects.get(pk=run.pk).state == Run.STOPPED
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == "reader"])
    assert len(app.asked) == began


def test_an_app_that_asks_for_an_hour_holds_no_thread(app, run):
    app.headers = {"Retry-After": "3600"}
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.PARKED
    assert [t for t in threading.enumerate() if t.name == "reader"] == []
    assert Account.objects.count() == 2
    app.headers = {}
    Run.objects.filter(pk=run.pk).update(state=Run.QUEUED, resume_at=None)
    app.asked.clear()
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, app.asked) == (Run.SUCCEEDED, [3, 4])
