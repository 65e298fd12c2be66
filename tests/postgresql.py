"""A PostgreSQL of the tests' own, on loopback, that can be stopped and started."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest


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


class Server:
    """`url` names its default database; `database(name)` makes another and names that."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.as_user = unprivileged()
        if self.as_user:
            os.chown(folder, self.as_user["user"], self.as_user["group"])
        self._run("initdb", "-D", self.data, "-U", "steward", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8")  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://steward@127.0.0.1:{self.port}/postgres"
        self.process = None

    def _run(self, name, *arguments):
        subprocess.run([program(name), *map(str, arguments)], check=True, capture_output=True,
                       cwd=self.folder, **self.as_user)  # fmt: skip

    def start(self):
        command = [program("postgres"), "-D", self.data, "-p", str(self.port),
                   "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
                   "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off"]  # fmt: skip
        self.process = subprocess.Popen(
            list(map(str, command)), cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **self.as_user,
        )  # fmt: skip
        for _ in range(300):
            if self._ready():
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def _ready(self):
        command = [program("pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def stop(self):
        """At once: open connections are cut off."""
        if self.process:
            self.process.send_signal(2)
            self.process.wait(30)
            self.process = None

    def database(self, name):
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "steward", name)
        return self.url.rsplit("/", 1)[0] + f"/{name}"


@contextmanager
def serving():
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def postgresql():
    with serving() as server:
        yield server


def again_on(server, *suites):
    """Tests of the tree in a process of their own, with this database for theirs. What is done on
    both databases by itself, and says so in its name, is not done once more."""
    env = {**os.environ, "STEWARD_TEST_DATABASE_URL": server.url}
    env.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--create-db",
         "-k", "not sqlite and not postgresql", *suites],
        cwd=Path(__file__).parents[1], env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
