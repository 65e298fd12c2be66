"""A simulated Okta: straight, and through a proxy that holds both sides to Okta's own API
description."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from steward.demo.company import Company, made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.okta import simulator
from tests.integrations.okta.description import with_factors
from tests.prism import proxy


@pytest.fixture(scope="module")
def company() -> Company:
    return made_up(250)


@pytest.fixture(scope="module")
def controls() -> Controls:
    return Controls()


@pytest.fixture(autouse=True)
def _untouched(controls: Controls) -> None:
    controls.__init__()  # type: ignore[misc]


@pytest.fixture(scope="module")
def straight(company: Company, controls: Controls) -> Iterator[str]:
    with serving(simulator(company, controls)) as url:
        yield url


@pytest.fixture(scope="module")
def described(
    company: Company, controls: Controls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    description = with_factors(tmp_path_factory.mktemp("okta"))
    with serving(simulator(company, controls)) as upstream, proxy(description, upstream) as url:
        yield url
