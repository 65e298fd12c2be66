"""Words that the command line cannot take, said as what to write instead."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperArgument, TyperGroup

_DAY = "{given!r} is not a day. Write it as year, month and day: 2026-03-31."
_NUMBER = "{given!r} is not a number."
# By the kind that pydantic gives it.
_SENTENCES = {
    "int_parsing": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than_equal": "{given} is too little: it must be {ge} or more.",
    "less_than_equal": "{given} is too much: it must be {le} or less.",
}


class Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                error.message = _said(error.__cause__, error.message) + _wanted(error.param)
            raise


def _said(cause: ValidationError, message: str) -> str:
    found = cause.errors()[0]
    sentence = _SENTENCES.get(found["type"])
    if "does not match the formats" in message:
        sentence = _DAY
    if sentence is None:
        return message.removeprefix("Value error, ")
    return sentence.format(given=found["input"], **found.get("ctx", {}))


def _wanted(param: Any) -> str:
    """What an argument is for, as its help has it; an option says that by its name."""
    return f" Wanted: {param.help}" if isinstance(param, TyperArgument) and param.help else ""
