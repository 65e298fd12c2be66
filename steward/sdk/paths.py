"""Reaching into an answer by a dotted path, such as `errors.0.reason`."""

from __future__ import annotations

from typing import Any


def at(body: Any, path: str) -> Any:
    """The value at the path; None where the way there does not exist. "" is the body itself."""
    for step in path.split(".") if path else ():
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body
