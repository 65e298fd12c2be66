"""Texts that must look a certain way, and what is said of one that does not."""

from __future__ import annotations

from typing import Any

from pydantic import Field

CURRENCY = "It must be a currency's code of three letters, such as EUR."
_SAID: dict[str, str] = {}
_UNSTORABLE = "It contains a character that cannot be stored."


def shaped(pattern: str, message: str, **more: Any) -> Any:
    """A field of this pattern. The message names no value, which may be a secret."""
    _SAID[pattern] = message
    return Field(pattern=pattern, **more)


def said_of(pattern: str) -> str:
    """Most patterns only keep out what a database cannot hold."""
    return _SAID.get(pattern, _UNSTORABLE)
