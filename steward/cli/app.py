"""All commands, put together."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from steward.cli.mistakes import Commands

# The module of each first word, in the order of `steward --help`. Reading all of them takes longer
# than most commands, so that only what is called for is read.
WORDS = {
    "instances": ["instance"],
    "integrations": ["integration"],
    "clients": ["client"],
    "applications": ["application"],
    "fields": ["field"],
    "findings": ["finding"],
    "grants": ["grant"],
    "people": ["person"],
    "directory": ["directory"],
    "licences": ["licenses"],
    "contracts": ["contract"],
    "imports": ["import"],
    "reports": ["report"],
    "schedules": ["schedule"],
    "webhooks": ["webhook"],
    "reviews": ["review"],
    "tokens": ["token"],
    "db": ["db"],
    "spend": ["spend", "rate"],
    "usage": ["usage"],
    "health": ["health"],
    "serve": ["run", "web", "worker", "demo"],
}


def assemble(word: str = "") -> typer.Typer:
    """The commands that begin with this word; all of them where none does."""
    app = typer.Typer(
        name="steward",
        cls=Commands,
        help="Steward: who has what, who uses it, what is wasted, what is risky.",
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_in_common)
    for name in [name for name, words in WORDS.items() if word in words] or WORDS:
        module = import_module(f"steward.cli.{name}")
        if hasattr(module, "register"):
            module.register(app)
        else:
            app.add_typer(module.app, name=WORDS[name][0])
    return app


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"Steward {version('steward')}")
        raise typer.Exit


def _in_common(
    _: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Also keeps Typer from taking the only command of an app for the app itself."""
