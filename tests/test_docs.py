"""The documents name what there is, no more and no less."""

import re
from pathlib import Path

import pytest
import typer

from steward.cli.app import assemble

DOCS = Path(__file__).parents[1] / "docs"


def commands(group, words=("steward",)):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name))


def test_every_command_is_documented():
    named = set(
        re.findall(r"^\| `(steward [a-z -]+)` \|", (DOCS / "commands.md").read_text(), re.MULTILINE)
    )
    assert named == set(commands(typer.main.get_command(assemble())))


@pytest.mark.django_db
def test_every_call_of_the_api_is_documented(client):
    described = client.get("/api/v1/openapi.json").json()["paths"]
    there = {(m.upper(), p.removeprefix("/api/v1")) for p, o in described.items() for m in o}
    named = re.findall(r"^\| `([A-Z]+) (\S+)` \|", (DOCS / "api.md").read_text(), re.MULTILINE)
    assert set(named) == there


def test_links_lead_somewhere():
    files = [*DOCS.glob("**/*.md"), *(DOCS.parent / f for f in ("README.md", "CONTRIBUTING.md"))]
    for file in files:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
            assert (file.parent / target).exists(), f"{file.name}: {target}"
