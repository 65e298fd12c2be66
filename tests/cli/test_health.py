"""steward health, run as an operator would."""

import json

import pytest

from tests.processes import steward_on


@pytest.fixture
def steward(tmp_path):
    with steward_on(tmp_path) as made:
        yield made


def test_says_what_is_wrong_and_what_to_do(steward):
    done = steward.run("health")
    assert done.returncode == 1
    assert "No worker is running" in done.stdout
    assert "Start one: steward run" in done.stdout
    assert json.loads(steward.run("health", "--json").stdout)["workers"] == []


def test_ends_well_when_all_is_well(steward):
    steward.python(
        "from steward.inventory.worker import Worker\nWorker.objects.create(name='local')"
    )
    done = steward.run("health")
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "All is well: nothing is late, stuck or refused.",
    )
