"""Who may see a page and who may act on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from steward.inventory.money import sees_money

View: TypeAlias = Callable[..., HttpResponseBase]

READERS_LOOK = "Readers can look at everything here and change nothing. Ask an admin to do it."

NO_MONEY = "What things cost is shown to admins alone here. Ask one for it."


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


def for_money(view: View) -> View:
    """Members who may see what things cost."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_money(request.user.is_admin):  # type: ignore[union-attr]
            raise PermissionDenied(NO_MONEY)
        return view(request, *args, **kwargs)

    return for_members(guarded)


def actor(request: HttpRequest) -> str:
    return str(request.user.email)  # type: ignore[union-attr]
