"""Accounts whose bytes are those of the last time are not read, and are there all the same."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from steward.integrations.scim import plain
from steward.inventory.account import Account, AccountVersion
from steward.inventory.sighting import Sighting
from steward.sync import acts, engine
from steward.sync.salt import salt_of


@pytest.fixture
def app():
    """A SCIM service; `people` is what it lists, and may be changed."""
    people = {n: {"id": n, "userName": f"{n}@corp.example", "active": True} for n in "abc"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            listed = list(people.values()) if "/Users" in self.path else []
            body = json.dumps({"totalResults": len(listed), "Resources": listed}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", people
    server.shutdown()
    server.server_close()


@pytest.fixture
def instance(app, db, settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    return acts.connect(
        "scim", name="App", settings={"url": app[0]}, credentials={"token": "t"},
        auth="bearer", by="admin@corp.example",
    )  # fmt: skip


@pytest.fixture
def mapped(monkeypatch):
    """Ids of the users that were looked into."""
    seen = []
    whole = plain.account

    def account(reader, user):
        seen.append(user.id)
        return whole(reader, user)

    monkeypatch.setattr(plain, "account", account)
    return seen


def sync(instance):
    run = acts.request_sync(instance, by="admin@corp.example")
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run


def test_only_who_changed_is_read_again(app, instance, mapped):
    sync(instance)
    assert sorted(mapped) == ["a", "b", "c"]
    mapped.clear()
    app[1]["b"]["active"] = False
    run = sync(instance)
    assert mapped == ["b"]
    assert run.counts["changed"] == 1
    assert run.progress["accounts"]["records"] == 3
    assert Account.objects.get(external_id="b").status == "disabled"
    assert not Sighting.objects.exists()


def test_other_bytes_for_the_same_account_are_no_change(app, instance, mapped):
    sync(instance)
    app[1]["a"]["meta"] = {"lastModified": "2026-01-01T00:00:00Z"}
    assert sync(instance).counts["changed"] == 0
    mapped.clear()
    sync(instance)
    assert mapped == []
    assert not AccountVersion.objects.exists()


def test_another_setting_has_all_read_anew(app, instance, mapped):
    sync(instance)
    mapped.clear()
    acts.edit(instance, by="admin@corp.example", settings={"url": app[0], "seats": "active"})
    sync(instance)
    assert sorted(mapped) == ["a", "b", "c"]
    assert Account.objects.filter(holds_seat=True).count() == 3


def test_only_who_knows_the_secret_key_can_foretell_what_bytes_look_the_same(instance, settings):
    before = salt_of(instance)
    assert salt_of(instance) == before
    settings.SECRET_KEY = "another"
    assert salt_of(instance) != before


def test_who_leaves_and_returns_the_same_is_back(app, instance):
    sync(instance)
    gone = app[1].pop("c")
    assert sync(instance).counts["removed"] == 1
    assert Account.objects.get(external_id="c").status == "removed"
    app[1]["c"] = gone
    assert sync(instance).counts["returned"] == 1
    assert Account.objects.get(external_id="c").status == "active"
    assert sync(instance).counts == {
        "appeared": 0, "changed": 0, "returned": 0, "removed": 0, "held": 0
    }  # fmt: skip
