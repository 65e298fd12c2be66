"""Each command once right and once wrong, as processes of their own, in the order of a life."""

import os
import re
import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from itertools import islice

import pytest

from steward.demo.company import made_up

SECRET = "demo-token"


@pytest.fixture(scope="module")
def design(as_json, tenant, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "token.txt"
    file.write_text(f"{SECRET}\n")
    words = ("instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}", "--no-sync")
    return as_json(*words, "--auth", "bearer", "--secret", f"token=@{file}")["id"]


def test_a_newcomer_is_told_what_there_is(steward):
    code, out, _ = steward("--help")
    assert code == 0
    assert "instance" in out
    assert "Example: steward instance sync" in steward("instance", "sync", "--help")[1]
    assert steward("instance", "sync", "-h") == steward("instance", "sync", "--help")
    assert steward("--version") == (0, f"Steward {version('steward')}\n", "")
    assert steward("instnace")[0] == 2


def test_integrations(steward, as_json):
    assert "okta" in {i["slug"] for i in as_json("integration", "list")["items"]}
    assert "token" in steward("integration", "show", "scim")[1]
    code, _, err = steward("integration", "show", "nothing")
    assert (code, "There is no integration" in err) == (1, True)


def test_connecting_with_a_wrong_secret(steward, tenant):
    words = ("instance", "add", "scim", "--name", "Wrong", "--set", f"url={tenant}")
    code, out, err = steward(*words, "--secret", "token=-", stdin="wrong-and-secret\n")
    assert code == 1
    assert "Nothing was saved" in err
    assert "wrong-and-secret" not in out + err
    code, _, err = steward(*words, "--secret", "wrong-and-secret")
    assert code == 2
    assert "wrong-and-secret" not in err
    code, _, err = steward(*words, "--secret", "token=@/no/such/file")
    assert (code, "cannot be read" in err) == (1, True)


def test_a_sync_is_waited_for_with_a_worker_of_its_own(steward, as_json, design):
    run = as_json("instance", "sync", design, "--wait")
    assert (run["state"], run["counts"]["appeared"]) == ("succeeded", 109)
    shown = as_json("instance", "show", design)
    assert (shown["state"], shown["accounts"]) == ("live", 109)
    assert SECRET not in str(shown)
    assert "Design" in steward("instance", "list")[1]
    events = [m["event"] for m in as_json("instance", "moments", design)["items"]]
    assert events == ["succeeded", "connected"]
    code, _, err = steward("instance", "sync", 99)
    assert (code, "There is no instance 99" in err) == (1, True)


def test_editing(steward, as_json, design):
    assert as_json("instance", "edit", design, "--name", "Design West")["name"] == "Design West"
    assert as_json("instance", "edit", design, "--status", "inactive")["state"] == "inactive"
    code, _, err = steward("instance", "sync", design)
    assert (code, "Set its status to Live" in err) == (1, True)
    assert steward("instance", "edit", design, "--status", "asleep")[0] == 2
    assert as_json("instance", "edit", design, "--status", "live")["state"] == "pending"


def test_reports(steward, as_json, design, tmp_path):
    as_json("instance", "sync", design, "--wait")
    slugs = {report["slug"] for report in as_json("report", "list")["items"]}
    assert {"paid-seats-unused", "wasted-spend", "contracts", "charges"} <= slugs
    assert as_json("report", "run", "users-by-application")["total"] == 109
    file = tmp_path / "seats.csv"
    words = ("report", "run", "users-by-application", "--format", "csv", "--output", file)
    assert "109 rows" in steward(*words)[1]
    assert len(file.read_text("utf-8-sig").splitlines()) == 110
    past = as_json("report", "run", "users-by-application", "--as-of", "2001-01-01")
    assert past["total"] == 0
    assert "From 1 instance" in steward("report", "run", "orphan-accounts")[1]
    before = steward("report", "run", "orphan-accounts", "--as-of", "2001-01-01")[1]
    assert "Nothing had been read by the end of 1 January 2001. The first was read on" in before
    code, out, err = steward("report", "run", "orphan-accounts", "--as-of", "2999-01-01")
    assert (code, out, "2999-01-01 is still to come" in err) == (1, "", True)
    for shown in (("report", "run", "instances-freshness"), ("instance", "show", design)):
        assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d UTC", steward(*shown)[1])
    code, _, err = steward("report", "run", "nothing")
    assert (code, "There is no report" in err) == (1, True)
    assert steward("report", "run", "orphan-accounts", "--as-of", "soon")[0] == 2


def test_held_removals(steward, as_json, design, controls):
    def held():
        return as_json("instance", "removals", design)["items"]

    as_json("instance", "sync", design, "--wait")
    assert held() == []
    assert "No removals are held" in steward("instance", "removals", design, "--release")[2]
    controls.hidden = {human.id for human, _ in islice(made_up().users("scim"), 60)}
    _, out, _ = steward("instance", "sync", design, "--wait")
    assert f"`steward instance removals {design}` shows" in out
    assert (len(held()), as_json("instance", "show", design)["accounts"]) == (60, 109)
    assert held()[0]["email"] in steward("instance", "removals", design)[1]
    code, _, err = steward("instance", "removals", design, "--release", "--dismiss")
    assert (code, "either" in err) == (1, True)
    assert as_json("instance", "removals", design, "--dismiss")["removals_held"] == 0
    assert held() == []
    as_json("instance", "sync", design, "--wait")
    assert as_json("instance", "removals", design, "--release")["accounts"] == 49
    controls.hidden = set()
    assert as_json("instance", "sync", design, "--wait")["counts"]["returned"] == 60


def test_tokens(steward, as_json):
    made = as_json("token", "create", "--name", "backup", "--role", "reader")
    assert made["token"].startswith("stw_")
    assert steward("token", "create", "--name", "x", "--role", "king")[0] == 2


def test_deleting_asks_first(steward, as_json, design):
    code, _, err = steward("instance", "delete-users", design)
    assert (code, "109 accounts" in err, "--yes" in err) == (1, True, True)
    assert as_json("instance", "delete-users", design, "--yes")["accounts"] == 0
    assert steward("instance", "delete", design)[0] == 1
    assert as_json("instance", "delete", design, "--yes") == {"deleted": design}
    assert as_json("instance", "list")["items"] == []


def test_a_port_that_is_taken_is_told(env):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "steward", "run"],
            env={**env, "STEWARD_BIND": bind},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"cannot listen on {bind}" in done.stderr


def test_bad_settings_are_told(env):
    for name, value in (
        ("STEWARD_DATABASE_URL", "mysql://x"),
        ("STEWARD_SECRET_KEY", "short"),
        ("STEWARD_ALLOWED_NETWORKS", "everywhere"),
        ("STEWARD_EMAIL_URL", "http://x"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "steward", "instance", "list"],
            env={**env, name: value},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert name in done.stderr
        assert "Traceback" not in done.stderr


def test_an_empty_steward_prints_a_link_for_the_first_admin_and_ends_cleanly(env, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    own = {**env, "STEWARD_BIND": bind, "STEWARD_DATA_DIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "steward", "run"], env=own, stdout=subprocess.PIPE, text=True
    )
    try:
        said = ""
        while "Ctrl-C" not in said:
            said += process.stdout.readline()
        assert f"http://{bind}/welcome/" in said
    finally:
        os.kill(process.pid, signal.SIGTERM)
    assert process.wait(30) == 0
