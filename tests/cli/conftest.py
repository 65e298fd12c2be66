import json
import os
import subprocess
import sys

import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steward")
    return {
        **os.environ,
        "STEWARD_DATA_DIR": str(folder),
        "STEWARD_DATABASE_URL": "",
        "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
        "COLUMNS": "200",
    }


@pytest.fixture(scope="module")
def steward(env):
    """Run a command as a newcomer would: (exit code, standard output, standard error)."""

    def steward(*words, stdin=""):
        done = subprocess.run(
            [sys.executable, "-m", "steward", *map(str, words)],
            env=env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    return steward


@pytest.fixture(scope="module")
def as_json(steward):
    def as_json(*words, **how):
        code, out, err = steward(*words, "--json", **how)
        assert code == 0, err
        return json.loads(out)

    return as_json


@pytest.fixture(scope="module")
def controls():
    return Controls()


@pytest.fixture(scope="module")
def tenant(controls):
    with serving(scim.simulator(made_up(), controls)) as base:
        yield f"{base}/scim/v2"
