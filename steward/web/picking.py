"""Choosing a person in a form: suggestions for what was typed so far, of any field of any name."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steward.insight.people import known_people
from steward.web.access import for_members

SHOWN, LEAST = 12, 2


@for_members
def find_people(request: HttpRequest) -> HttpResponse:
    """The options of a `<datalist>`; whatever the one parameter is called."""
    given = next(iter(request.GET.values()), "")
    text = given.strip().replace("\x00", "")[:200]
    rows = known_people().filter(Q(name__icontains=text) | Q(email__icontains=text))
    found = rows.order_by("name", "pk")[:SHOWN] if len(text) >= LEAST else ()
    return render(request, "parts/people_options.html", {"people": found})
