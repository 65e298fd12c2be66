"""Partial responses: `fields=nextPageToken,users(id,name/fullName)` leaves all else away.

developers.google.com/workspace/admin/directory/v1/guides/performance#partial
"""

from __future__ import annotations

from typing import Any, TypeAlias

Mask: TypeAlias = "dict[str, Mask]"


def mask(text: str) -> Mask:
    """The names that were asked for, each with those inside it; empty is everything."""
    found, rest = _read(text.replace(" ", ""))
    if rest:
        raise ValueError(f"{rest!r} is left over")
    return found


def _read(text: str) -> tuple[Mask, str]:
    found: Mask = {}
    while text and text[0] != ")":
        name, text = _name(text)
        inner: Mask = {}
        if text.startswith("("):
            inner, text = _read(text[1:])
            if not text.startswith(")"):
                raise ValueError("a bracket is not closed")
            text = text[1:]
        *outer, last = name.split("/")
        place = found
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = inner
        text = text.removeprefix(",")
    return found, text


def _name(text: str) -> tuple[str, str]:
    end = next((at for at, letter in enumerate(text) if letter in ",()"), len(text))
    if not end:
        raise ValueError(f"a name is missing before {text!r}")
    return text[:end], text[end:]


def chosen(body: Any, wanted: Mask) -> Any:
    if not wanted:
        return body
    if isinstance(body, list):
        return [chosen(one, wanted) for one in body]
    if not isinstance(body, dict):
        return body
    return {name: chosen(body[name], inner) for name, inner in wanted.items() if name in body}
