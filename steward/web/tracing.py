"""A span for each request, with its route instead of its address: addresses hold invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from steward import tracing


class Traced:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not tracing.is_on():
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method = request.method or ""
        facts = {"http.request.method": method, "url.scheme": request.scheme}
        with tracing.span(method, "server", parent=request.headers, **facts):
            response = self._get_response(request)
            _describe(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        tracing.note(error=tracing.kind_of(error))


def _describe(request: HttpRequest, status: int) -> None:
    """A refused request is the asker's fault; only our own failures count as errors here."""
    facts: dict[str, Any] = {"http.response.status_code": status}
    if request.resolver_match:
        facts["http.route"] = f"/{request.resolver_match.route}"
        tracing.rename(f"{request.method} {facts['http.route']}")
    tracing.note(**facts)
