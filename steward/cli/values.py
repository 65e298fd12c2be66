"""KEY=VALUE, KEY=@FILE and KEY=-: how settings and secrets come from a command line."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from getpass import getpass
from pathlib import Path

import typer

from steward.cli.problems import Failed
from steward.sdk.fields import Field
from steward.sdk.files import to_text
from steward.sync.trial import integration


def fields_of(slug: str) -> dict[str, Field]:
    connector = integration(slug)
    return {
        f.name: f for f in (*connector.settings, *(f for o in connector.auth for f in o.fields))
    }


def pairs(
    given: Sequence[str] | None, fields: Mapping[str, Field], hidden: bool = False
) -> dict[str, str]:
    return dict(_pair(text, fields, hidden) for text in given or ())


def _pair(text: str, fields: Mapping[str, Field], hidden: bool) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        # The text itself may be a secret and is not repeated.
        raise typer.BadParameter("it must look like KEY=VALUE")
    field = fields.get(name)
    if value.startswith("@"):
        return name, _from_file(Path(value[1:]), field)
    if value == "-" and hidden:
        return name, _typed(name, field)
    if field and field.kind == "file":
        raise typer.BadParameter(f"{name} is a file; say {name}=@FILE")
    return name, value


def _typed(name: str, field: Field | None) -> str:
    """Unseen at a terminal. From a pipe a line each, or all there is where lines belong to it."""
    if sys.stdin.isatty():
        return getpass(f"{field.label if field else name}: ")
    if field and field.kind == "textarea":
        return sys.stdin.read()
    return sys.stdin.readline().rstrip("\r\n")


def _from_file(path: Path, field: Field | None) -> str:
    try:
        content = path.read_bytes()
        if field and field.kind == "file":
            return to_text(path.name, content)
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Failed(f"The file {path} is not text.") from None
    except OSError as error:
        raise Failed(f"The file {path} cannot be read: {error.strerror}.") from None
