"""Which answers an operation may give, for the description of the API."""

from __future__ import annotations

from typing import Any

from steward.api.schemas import ProblemOut

_ALWAYS = (401, 422)


def _with(kind: Any, status: int, problems: tuple[int, ...]) -> dict[int, Any]:
    return {status: kind, **dict.fromkeys((*_ALWAYS, *problems), ProblemOut)}


def read(kind: Any) -> dict[int, Any]:
    return _with(kind, 200, ())


def read_one(kind: Any) -> dict[int, Any]:
    return _with(kind, 200, (404,))


def created(kind: Any, status: int = 201) -> dict[int, Any]:
    """Of an act that takes a body, which may be no JSON at all."""
    return _with(kind, status, (400, 403, 404, 409, 424))


def accepted(kind: Any, *more: int) -> dict[int, Any]:
    """202, or 200 where the act is over with the answer."""
    status = 200 if 200 in more else 202
    others = tuple(code for code in more if code != 200)
    return _with(kind, status, (403, 404, 409, *others))
