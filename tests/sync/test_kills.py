"""kill -9 at random moments of a long sync: the end is that of a run left in peace."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.processes import steward_on

ACCOUNTS, PAGE, KILLS, BATCH = 50_000, 200, 50, 1_000
# Long enough an answer that fifty kills fit into one sync.
PAUSE = 0.02
SYNC = """
import sys
import django
django.setup()
from steward.inventory.run import Run
from steward.sync import acts, batches, engine
batches.RECORDS = int(sys.argv[2])
if not Run.objects.exists():
    acts.connect("scim", name="Design", settings={"url": sys.argv[1]}, auth="bearer",
        credentials={"token": "t"}, by="admin@corp.example")
engine.carry_out(Run.objects.get().pk)
"""
TABLES = {
    "accounts": "SELECT external_id, email, username, name, status, role, attributes, matched"
    " FROM inventory_account ORDER BY 1",
    "people": "SELECT k.key, p.name, p.email, p.attributes FROM inventory_personemail k"
    " JOIN inventory_person p ON p.id = k.person_id ORDER BY 1",
    "owners": "SELECT a.external_id, p.email FROM inventory_account a"
    " JOIN inventory_person p ON p.id = a.person_id ORDER BY 1",
    "numbers": "SELECT (SELECT count(*) FROM inventory_account), (SELECT count(*) FROM"
    " inventory_person), (SELECT count(*) FROM inventory_accountversion), (SELECT count(*) FROM"
    " inventory_sighting), (SELECT count(*) FROM inventory_moment)",
    "runs": "SELECT state, counts FROM inventory_run",
}


def user(number):
    return {
        "id": f"u{number:06d}",
        "userName": f"user{number}@corp.example",
        "displayName": f"User {number}",
        "active": number % 20 != 0,
        "title": f"Title {number % 7}",
    }


@pytest.fixture(scope="module")
def app():
    """A SCIM service, and how often each of its pages was asked for."""
    asked = Counter()
    pages = {
        start: json.dumps(
            {
                "totalResults": ACCOUNTS,
                "Resources": [user(n) for n in range(start - 1, min(start + 199, ACCOUNTS))],
            }
        ).encode()
        for start in range(1, ACCOUNTS, PAGE - 1)  # each begins with the last of the one before
    }
    nothing = json.dumps({"totalResults": 0, "Resources": []}).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20

        def do_GET(self):
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            start = int(query.get("startIndex", ["1"])[0])
            listed = parts.path.endswith("/Users") and query.get("count") != ["1"]
            asked[start] += listed
            time.sleep(PAUSE)
            body = pages[start] if parts.path.endswith("/Users") else nothing
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

        def handle(self):
            # The reader may be killed in the middle of an answer.
            with suppress(OSError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@contextmanager
def database(steward):
    url = steward.env["STEWARD_DATABASE_URL"]
    if url:
        with psycopg.connect(url) as connection:
            yield connection
    else:
        connection = sqlite3.connect(steward.folder / "steward.sqlite3", timeout=30)
        yield connection
        connection.close()


def contents(steward):
    with database(steward) as connection:
        return {name: connection.execute(question).fetchall() for name, question in TABLES.items()}


def state(steward):
    with database(steward) as connection:
        found = connection.execute("SELECT state FROM inventory_run").fetchone()
        return found and found[0]


def sync(steward, url):
    return subprocess.Popen([sys.executable, "-c", SYNC, url, str(BATCH)], env=steward.env)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_fifty_kills_change_nothing(kind, app, tmp_path, request):
    url, asked = app
    server = request.getfixturevalue("postgresql") if kind == "postgresql" else None

    def address(name):
        return server.database(name) if server else ""

    (tmp_path / "peace").mkdir()
    (tmp_path / "war").mkdir()
    with steward_on(tmp_path / "peace", address("peace")) as calm:
        assert sync(calm, url).wait(120) == 0
        expected = contents(calm)
    asked.clear()
    dice = random.Random(kind)
    kills = 0
    with steward_on(tmp_path / "war", address("war")) as harried:
        while state(harried) != "succeeded":
            before = asked.total()
            process = sync(harried, url)
            while kills < KILLS and asked.total() == before and process.poll() is None:
                time.sleep(0.005)
            try:
                process.wait(dice.random() * 0.25 if kills < KILLS else 120)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                kills += 1
            assert process.wait(120) in (0, -signal.SIGKILL)
        found = contents(harried)
    assert found["numbers"] == expected["numbers"]
    for name in TABLES:
        assert found[name] == expected[name], name
    assert kills == KILLS
    again = sum(count - 1 for count in asked.values())
    # A part of one batch that was not stored, and of one that was read ahead of it.
    assert again <= kills * (BATCH // PAGE + 4)
