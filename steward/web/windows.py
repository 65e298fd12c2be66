"""Forms shown over the page they belong to, or as pages of their own without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def window(
    request: HttpRequest, template: str, facts: dict[str, Any], status: int = 200
) -> HttpResponse:
    is_over_page = bool(request.headers.get("HX-Request"))
    frame = "frames/window.html" if is_over_page else "frames/page.html"
    return render(request, template, {**facts, "frame": frame}, status=status)


def leave(request: HttpRequest, where: str, *args: Any) -> HttpResponse:
    """Go on to a page, out of the window where there is one."""
    response = redirect(where, *args)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response
