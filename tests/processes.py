"""Steward as it is run: processes of its own, on a database and a data folder of a test's own."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

COMMAND = [sys.executable, "-m", "steward"]


class Steward:
    def __init__(self, folder, database_url="", **more):
        self.folder = folder
        self.env = {
            **os.environ,
            "STEWARD_DATA_DIR": str(folder),
            "STEWARD_DATABASE_URL": database_url,
            "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
            "DJANGO_SETTINGS_MODULE": "steward.settings",
            **more,
        }
        self.processes = []

    def run(self, *words, env=None):
        return subprocess.run(
            [*COMMAND, *words], env={**self.env, **(env or {})},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def python(self, program):
        """A program with Django set up, as a newcomer's script would be; its output."""
        whole = f"import django\ndjango.setup()\n{program}"
        done = subprocess.run(
            [sys.executable, "-c", whole], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, *words, **env):
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("w")
        process = subprocess.Popen(
            [*COMMAND, *words], env={**self.env, **env}, stdout=log, stderr=log
        )
        self.processes.append(process)
        return process

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def logs(self):
        """The end of each, for a person to read."""
        return "\n".join(file.read_text()[-3000:] for file in sorted(self.folder.glob("*.log")))

    def said(self, words):
        return any(words in file.read_text() for file in self.folder.glob("*.log"))


@contextmanager
def steward_on(folder, database_url="", **more):
    made = Steward(folder, database_url, **more)
    done = made.run("db", "migrate")
    assert done.returncode == 0, done.stderr
    try:
        yield made
    finally:
        made.end()


def wait_until(true, seconds=60, why=lambda: ""):
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"it did not happen\n{why()}"
        time.sleep(0.1)
    return found
