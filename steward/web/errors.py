"""Pages for what went wrong: what it was, and what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    facts = {"status": status, "title": title, "text": text}
    return render(request, "error.html", facts, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 400, "That request makes no sense", "Go back and try it once more.")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    text = str(exception) if exception and str(exception) else "You may not do this."
    return _page(request, 403, "Not allowed", text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = "The page was open for too long, or cookies are off. Go back, reload it and try again."
    return _page(request, 403, "This form has expired", text)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    text = "It may have been deleted, or the address has a typing mistake."
    return _page(request, 404, "There is nothing here", text)


def server_error(request: HttpRequest) -> HttpResponse:
    text = "Steward has failed. Nothing was lost; the log of the server says what it was."
    return _page(request, 500, "Something broke", text)
