"""From the words on the command line to an exit code: 0 well, 1 failed, 2 wrong use."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

# The demo has a folder of its own, and its vendors are on this very machine.
DEMO = {"STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8", "STEWARD_DATABASE_URL": ""}


def start(words: Sequence[str]) -> int:
    if words[:1] == ["demo"]:
        folder = Path(os.environ.get("STEWARD_DATA_DIR", "./data")) / "demo"
        os.environ.update(DEMO, STEWARD_DATA_DIR=str(folder))
    try:
        django.setup()
    except ImproperlyConfigured as error:
        return complain(str(error))
    from steward.cli.app import assemble
    from steward.cli.problems import sentence_of

    try:
        _expect_database(words)
        assemble(words[0] if words else "")(
            args=list(words), prog_name="steward", standalone_mode=True
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except DatabaseError as error:
        return complain(f"The database cannot be used: {_first_line(error)}")
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return complain(sentence_of(error) or _unforeseen(error))
    return 0


def _expect_database(words: Sequence[str]) -> None:
    """`run` is for one machine and prepares its database; so does any command on SQLite. On a
    server, where others may be at work, only `db migrate` does."""
    from steward.cli import database

    if not words or words[0] in ("demo", "db", "--version") or {"--help", "-h"} & set(words):
        return
    if words[0] == "run" or not database.is_shared():
        database.prepare()
    else:
        database.expect_ready()


def _unforeseen(error: Exception) -> str:
    """The whole story goes to a file: it is for whoever mends Steward."""
    file = Path(settings.STEWARD_DATA_DIR) / "last-error.txt"
    file.write_text("".join(traceback.format_exception(error)))
    file.chmod(0o600)
    return f"Steward has failed ({type(error).__name__}). Please report it with {file}."


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
