"""The simulated organisation: straight, and through a proxy that holds both sides to GitHub's
own API description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from steward.demo.company import Company, made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import github as simulated
from tests.integrations.github.tenant import TODAY
from tests.prism import proxy, spec


@pytest.fixture(scope="module")
def company() -> Company:
    return made_up(250, TODAY)


@pytest.fixture(scope="module")
def controls() -> Controls:
    return Controls()


@pytest.fixture(autouse=True)
def _untouched(controls: Controls) -> None:
    controls.__init__()  # type: ignore[misc]


@pytest.fixture(scope="module")
def straight(company: Company, controls: Controls) -> Iterator[str]:
    with serving(simulated.simulator(company, controls)) as url:
        yield url


@pytest.fixture(scope="module", params=["straight", "through the description"])
def url(
    request: pytest.FixtureRequest,
    straight: str,
    company: Company,
    controls: Controls,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    if request.param == "straight":
        yield straight
        return
    description = _description(tmp_path_factory.mktemp("github"))
    with ExitStack() as stack:
        upstream = stack.enter_context(serving(simulated.simulator(company, controls)))
        yield stack.enter_context(proxy(description, upstream))


def _description(folder: Path) -> Path:
    """GitHub describes REST alone; GraphQL is let through as it is."""
    whole = json.loads(spec("github/github.slice.json").read_text())
    content = {"application/json": {"schema": {"type": "object"}}}
    answer = {"description": "data", "content": content}
    asked = {"required": True, "content": content}
    whole["paths"]["/graphql"] = {"post": {"requestBody": asked, "responses": {"200": answer}}}
    path = folder / "github.json"
    path.write_text(json.dumps(whole))
    return path
