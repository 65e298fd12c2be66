"""Who may see a page and who may act on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View: TypeAlias = Callable[..., HttpResponseBase]

READERS_LOOK = "Readers can look at everything here and change nothing. Ask an admin to do it."


def for_members(view: View) -> View:
    """Every member may look."""
    made: View = login_required(view)
    return made


def for_admins(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_admin:  # type: ignore[union-attr]
            raise PermissionDenied(READERS_LOOK)
        return view(request, *args, **kwargs)

    return for_members(guarded)


def actor(request: HttpRequest) -> str:
    return str(request.user.email)  # type: ignore[union-attr]
