"""What was typed into a connect form, kept for a quarter of an hour so that nobody types a secret
twice: sealed by the vault, bound to the session, and never sent back to the browser."""

from __future__ import annotations

import base64
import time
from typing import Any

from django.http import HttpRequest

from steward.inventory import vault

LIFE = 15 * 60
LARGEST = 64 * 1024


def keep(request: HttpRequest, slug: str, entered: dict[str, Any]) -> None:
    browser(request)
    sealed = vault.seal({"at": time.time(), **entered}, _bound_to(request, slug))
    if len(sealed) <= LARGEST:
        request.session[_name(slug)] = base64.b64encode(sealed).decode()


def take(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Empty where there is none, or it is too old."""
    text = request.session.get(_name(slug), "")
    if not text:
        return {}
    try:
        draft = vault.unseal(base64.b64decode(text), _bound_to(request, slug))
    except vault.SealBroken:
        draft = {}
    if time.time() - draft.get("at", 0) > LIFE:
        drop(request, slug)
        return {}
    return draft


def drop(request: HttpRequest, slug: str) -> None:
    request.session.pop(_name(slug), None)


def browser(request: HttpRequest) -> str:
    """What only this browser knows."""
    if not request.session.session_key:
        request.session.create()
    return str(request.session.session_key)


def _name(slug: str) -> str:
    return f"draft:{slug}"


def _bound_to(request: HttpRequest, slug: str) -> str:
    return f"draft/{request.session.session_key}/{slug}"
