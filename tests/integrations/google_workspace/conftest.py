"""A simulated Google: straight, and with Google's own discovery documents as a judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from steward.demo.company import Company, made_up
from steward.demo.serving import serving
from steward.demo.vendors.google import simulator
from steward.demo.vendors.google_controls import GoogleControls
from tests.discovery import Discovery, Judge
from tests.integrations.google_workspace import tenant

DOCUMENTS = ("admin.directory_v1", "admin.reports_v1", "licensing.v1")


@pytest.fixture(scope="package")
def company() -> Company:
    return made_up(250)


@pytest.fixture(scope="package")
def _controls() -> GoogleControls:
    return tenant.controls()


@pytest.fixture
def controls(_controls: GoogleControls) -> GoogleControls:
    vars(_controls).update(vars(tenant.controls()))
    return _controls


@pytest.fixture(scope="package")
def _straight(company: Company, _controls: GoogleControls) -> Iterator[str]:
    with serving(simulator(company, _controls)) as url:
        yield url


@pytest.fixture
def straight(_straight: str, controls: GoogleControls) -> str:
    return _straight


@pytest.fixture(scope="package")
def judge(company: Company, _controls: GoogleControls) -> Judge:
    documents = [Discovery.of(f"google/{name}.json") for name in DOCUMENTS]
    return Judge(simulator(company, _controls), documents)


@pytest.fixture
def described(judge: Judge, controls: GoogleControls) -> Iterator[str]:
    judge.problems.clear()
    with serving(judge) as url:
        yield url
    assert not judge.problems
