"""A running server with data, asked everything its own description allows and much that it
does not; bounded in number and time."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim

ROOT = Path(__file__).parents[2]
EXAMPLES = "12"


@pytest.fixture
def server(tmp_path):
    """Base address and token of a Steward that has one instance, read whole."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    env = {
        **os.environ,
        "STEWARD_DATA_DIR": str(tmp_path),
        "STEWARD_DATABASE_URL": "",
        "STEWARD_BIND": bind,
        "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "-m", "steward"]
    made = subprocess.check_output(
        [*command, "token", "create", "--name", "x", "--role", "admin"], env=env, text=True
    )
    with serving(scim.simulator(made_up(40), Controls())) as tenant:
        add = ["instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}/scim/v2"]
        subprocess.check_output(
            [*command, *add, "--auth", "bearer", "--secret", "token=demo-token"], env=env
        )
        subprocess.check_output([*command, "instance", "sync", "1", "--wait"], env=env)
        web = subprocess.Popen([*command, "web"], env=env, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://{bind}/healthz")
            yield f"http://{bind}", made.strip()
        finally:
            web.terminate()
            web.wait(20)


def wait_for(url):
    for _ in range(200):
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not start")


def test_nothing_is_found_on_a_running_server(server, tmp_path):
    base, token = server
    shutil.copy(ROOT / "schemathesis.toml", tmp_path)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "st", "run", f"{base}/api/v1/openapi.json",
            "--header", f"Authorization: Bearer {token}",
            "--max-examples", EXAMPLES, "--seed", "7", "--phases", "examples,coverage,fuzzing",
            "--request-timeout", "20", "--no-color",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"[1-9]\d+ passed", done.stdout)
