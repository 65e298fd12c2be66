"""A list that others change while it is read: nobody who was there all the time is passed over,
nobody is there twice, and a read in peace ends with just what the app has."""

import json
import random
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from steward.inventory.account import Account
from steward.inventory.run import Run
from steward.sync import acts, batches, engine

PAGE = 5


class App:
    """A SCIM service with small pages. `change(app, position)` is called after each page that it
    gives; `position` is how many of the list's users were given out up to there."""

    def __init__(self, names, change=None):
        self.names, self.change = list(names), change
        self.pages = self.made = 0
        self.is_busy = False
        self.stayed = set(names)

    def answer(self, path, asked):
        if not path.endswith("/Users") or asked.get("count") == "1":
            listed = self.names[:1] if path.endswith("/Users") else []
            return {"totalResults": len(listed), "Resources": [user(n) for n in listed]}
        start = int(asked["startIndex"])
        part = self.names[start - 1 : start - 1 + PAGE]
        body = {"totalResults": len(self.names), "Resources": [user(n) for n in part]}
        self.pages += 1
        if self.change:
            self.change(self, start - 1 + len(part))
        return body

    def begin(self, change):
        self.change, self.pages, self.stayed = change, 0, set(self.names)

    def add(self, place):
        self.made += 1
        self.names.insert(place, f"new{self.made}")

    def delete(self, place):
        if self.names:
            self.stayed.discard(self.names.pop(min(place, len(self.names) - 1)))


def user(name):
    return {"id": name, "userName": f"{name}@corp.example"}


@contextmanager
def serving(app):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self):
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if app.is_busy:
                self.send_response(429)
                self.send_header("Retry-After", "7200")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = json.dumps(app.answer(parts.path, asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def instance_of(db, settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"

    @contextmanager
    def instance_of(app):
        with serving(app) as url:
            yield acts.connect(
                "scim", name="App", settings={"url": url}, credentials={"token": "t"},
                auth="bearer", by="admin@corp.example",
            )  # fmt: skip

    return instance_of


def sync(instance):
    run = acts.request_sync(instance, by="admin@corp.example")
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.SUCCEEDED, run.error
    return run


def present():
    rows = Account.objects.exclude(status=Account.REMOVED)
    return sorted(rows.values_list("external_id", flat=True))


def moving(seed):
    """After about every second page something happens, for as long as a busy day lasts."""
    dice = random.Random(seed)

    def before(app, position):
        app.delete(dice.randrange(max(1, position)))

    def after(app, position):
        app.delete(dice.randrange(position, max(position + 1, len(app.names))))

    def replace(app, position):
        before(app, position)
        app.add(len(app.names))

    acts_ = (
        before,
        after,
        replace,
        lambda app, position: app.add(len(app.names)),
        lambda app, position: app.add(0),
        lambda app, position: app.add(dice.randrange(len(app.names) + 1)),
    )

    def change(app, position):
        if app.pages < 30 and dice.random() < 0.5:
            for _ in range(dice.choice((1, 1, 1, 2, 3))):
                dice.choice(acts_)(app, position)

    return change


@pytest.mark.parametrize("seed", range(80))
def test_nobody_is_passed_over_or_doubled(seed, instance_of):
    app = App([f"user{number:02d}" for number in range(12 + seed % 40)])
    app.begin(moving(seed))
    with instance_of(app) as instance:
        for again in range(3):
            run = sync(instance)
            found = present()
            assert app.stayed <= set(found)
            assert run.progress["accounts"]["records"] == len(found)
            assert len(set(found)) == len(found)
            app.begin(moving(f"{seed} {again}"))
        app.begin(None)
        run = sync(instance)
    assert present() == sorted(app.names)
    assert run.progress["accounts"]["records"] == len(app.names)
    assert run.progress["accounts"]["set_aside"] == 0


def test_an_order_that_never_rests_removes_nobody(instance_of):
    names = [f"user{number:02d}" for number in range(40)]
    app = App(names)
    dice = random.Random(1)
    with instance_of(app) as instance:
        sync(instance)
        app.begin(lambda app, position: dice.shuffle(app.names))
        run = sync(instance)
        assert run.counts["removed"] == 0
        assert present() == names
        [problem] = run.progress["accounts"]["problems"]
        assert problem["reason"] == "the list changed too much while it was read"
        assert app.pages < 100
        app.begin(None)
        assert sync(instance).progress["accounts"]["set_aside"] == 0


def test_who_moves_to_the_front_under_another_name_is_not_passed_over(instance_of):
    names = [f"user{number:02d}" for number in range(40)]

    def rename(app, position):
        if app.pages == 3:
            app.names.insert(0, app.names.pop())

    app = App(names)
    app.begin(rename)
    with instance_of(app) as instance:
        run = sync(instance)
    assert present() == names
    assert run.progress["accounts"]["set_aside"] == 0


@pytest.mark.parametrize("seed", range(10))
def test_a_read_that_was_cut_short_goes_on_in_a_list_that_moved(seed, instance_of, monkeypatch):
    def rest(app, position):
        app.is_busy = app.pages == 6

    monkeypatch.setattr(batches, "RECORDS", 1)
    dice, move = random.Random(seed), moving(seed)
    app = App([f"user{number:02d}" for number in range(40)])
    app.begin(rest)
    with instance_of(app) as instance:
        run = acts.request_sync(instance, by="admin@corp.example")
        engine.carry_out(run.pk)
        run.refresh_from_db()
        assert run.state == Run.PARKED
        assert run.progress["accounts"]["cursor"]["last"] == app.names[24]
        for _ in range(dice.randrange(1, 8)):
            move(app, 25)
        app.is_busy, app.change = False, None
        engine.carry_out(run.pk)
    assert app.stayed <= set(present())
