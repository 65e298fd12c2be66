"""Settings → Directory: who says who is employed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from steward.insight.descriptions import choice
from steward.sync.directory import choose
from steward.web.access import actor, for_admins


@for_admins
def directory(request: HttpRequest) -> HttpResponse:
    facts = choice()
    if request.method != "POST":
        return render(request, "settings/directory.html", facts)
    given = set(request.POST.getlist("instances")) if request.POST.get("who") == "chosen" else set()
    chosen = [row["id"] for row in facts["instances"] if str(row["id"]) in given]
    if request.POST.get("who") == "chosen" and not chosen:
        facts["error"] = "Choose at least one instance, or let every directory count."
        return render(request, "settings/directory.html", facts, status=422)
    choose(chosen, by=actor(request), people_list="people_list" in request.POST)
    messages.success(request, "Saved. People are described by what these instances say.")
    return redirect("directory")
