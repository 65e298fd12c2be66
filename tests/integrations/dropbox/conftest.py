"""A simulated team for each test; it keeps nothing of another's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from steward.demo.serving import serving
from tests.integrations.dropbox.tenant import Team, simulator


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def url(team: Team) -> Iterator[str]:
    with serving(simulator(team)) as address:
        yield address
