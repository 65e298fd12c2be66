"""A simulated tenant: straight, and with a proxy between that holds both sides to Microsoft's own
API description."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from steward.demo.company import Company, made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.microsoft import simulator
from steward.demo.vendors.microsoft_directory import Entra
from tests.integrations.microsoft_365.description import cut
from tests.integrations.microsoft_365.gateway import Gateway
from tests.prism import proxy


@pytest.fixture(scope="module")
def company() -> Company:
    return made_up(250)


@pytest.fixture(scope="module")
def controls() -> Controls:
    return Controls()


@pytest.fixture(scope="module")
def entra(company: Company) -> Entra:
    return Entra(company)


@pytest.fixture(autouse=True)
def _untouched(company: Company, controls: Controls, entra: Entra) -> None:
    controls.__init__()  # type: ignore[misc]
    entra.__init__(company)  # type: ignore[misc]


@pytest.fixture(scope="module")
def straight(company: Company, controls: Controls, entra: Entra) -> Iterator[str]:
    with serving(simulator(company, controls, entra)) as url:
        yield url


@pytest.fixture(scope="module")
def described(
    company: Company, controls: Controls, entra: Entra, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    description = cut(tmp_path_factory.mktemp("graph"))
    with (
        serving(simulator(company, controls, entra)) as upstream,
        proxy(description, f"{upstream}/v1.0") as checked,
    ):
        gateway = Gateway(upstream, checked)
        with serving(gateway) as gateway.url:
            yield gateway
