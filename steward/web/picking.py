"""Choosing a person in a form: suggestions for what was typed so far, of any field of any name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steward.insight.people import called, known_people
from steward.web.access import for_members

SHOWN, LEAST = 12, 2


@for_members
def find_people(request: HttpRequest) -> HttpResponse:
    """The options of a `<datalist>`; whatever the one parameter is called."""
    given = next(iter(request.GET.values()), "")
    text = given.strip().replace("\x00", "")[:200]
    found = _called(text) if len(text) >= LEAST else ()
    return render(request, "parts/people_options.html", {"people": found})


def _called(text: str) -> Any:
    return known_people().filter(called(text)).order_by("name", "pk")[:SHOWN]
