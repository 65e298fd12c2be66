"""The engine, the reports and the secrets once more, on a real PostgreSQL."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUITES = ("tests/sync", "tests/inventory", "tests/insight", "tests/notify", "tests/test_secrets.py")


def program(name):
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return next(iter(packaged), None) or shutil.which(name) or pytest.skip(f"needs {name}")


def unprivileged():
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("needs postgresql (its user)")
    return {"user": account.pw_uid, "group": account.pw_gid}


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    """The address of a server of our own on loopback."""
    initdb, server = program("initdb"), program("postgres")
    as_user = unprivileged()
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    if as_user:
        os.chown(folder, as_user["user"], as_user["group"])
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "steward", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True, capture_output=True, cwd=folder, **as_user,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [server, "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
               "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user
    )
    try:
        wait_for(port)
        yield f"postgresql://steward@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
        except OSError:
            continue
        return


def test_all_holds_on_postgresql(postgresql):
    env = {**os.environ, "STEWARD_TEST_DATABASE_URL": postgresql}
    env.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--create-db", *SUITES],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
