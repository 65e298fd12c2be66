"""Who is who: what is not clear, and the acts that make it so."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from steward.insight import matches
from steward.insight.lookalikes import lookalikes
from steward.insight.people import called, people
from steward.inventory.account import Account
from steward.inventory.identity import IdentityChange
from steward.inventory.person import Person
from steward.sync import identity
from steward.sync.problems import Conflict
from steward.web.access import actor, for_admins, for_members
from steward.web.windows import leave, window

LARGEST = 2**63 - 1
PER_PAGE, FOUND = 25, 20


@for_members
def unclear(request: HttpRequest) -> HttpResponse:
    rows = matches.doubtful_accounts()
    facts = {
        "count": rows.count(),
        "doubts": matches.doubts(list(rows[:PER_PAGE])),
        "lookalikes": lookalikes()[:PER_PAGE],
    }
    return render(request, "people/matches.html", facts)


@for_admins
def owner(request: HttpRequest, id: int) -> HttpResponse:
    """Looking for the owner of an account, and saying who it is."""
    rows = Account.objects.present().select_related("instance", "person")
    account = rows.filter(pk=min(id, LARGEST)).first()
    if account is None:
        raise Http404
    if request.method != "POST":
        facts = {"account": account, **_sought(request)}
        return window(request, "people/owner.html", facts)
    kind = request.POST.get("kind", "")
    person = None if kind else _person(request.POST.get("person", ""))
    kind = kind if kind in identity.NOBODYS else ""
    return _done(
        request, lambda: identity.decide(account, person=person, kind=kind, by=actor(request))
    )


@for_admins
def merge(request: HttpRequest, id: int) -> HttpResponse:
    person = _person(str(id))
    if request.method != "POST":
        return window(request, "people/merge.html", {"person": person, **_sought(request)})
    other = _person(request.POST.get("other", ""))
    return _done(
        request, lambda: identity.merge(person, other, by=actor(request)), to=("person", person.pk)
    )


@for_admins
def split(request: HttpRequest, id: int) -> HttpResponse:
    person = _person(str(id))
    accounts = Account.objects.present().filter(person=person).select_related("instance")
    error = ""
    if request.method == "POST":
        chosen = [n for n in request.POST.getlist("account") if n.isdecimal() and len(n) < 19]
        try:
            change = identity.split(person, list(accounts.filter(pk__in=chosen)), by=actor(request))
        except Conflict as conflict:
            error = conflict.message
        else:
            _say(request, change)
            return leave(request, "person", person.pk)
    facts = {"person": person, "accounts": accounts.order_by("instance__name"), "error": error}
    return window(request, "people/split.html", facts, 422 if error else 200)


@require_POST
@for_admins
def apart(request: HttpRequest, id: int) -> HttpResponse:
    one, other = _person(str(id)), _person(request.POST.get("other", ""))
    return _done(request, lambda: identity.keep_apart(one, other, by=actor(request)))


@require_POST
@for_admins
def undo(request: HttpRequest, id: int) -> HttpResponse:
    change = IdentityChange.objects.filter(pk=min(id, LARGEST)).first()
    if change is None:
        raise Http404
    try:
        identity.undo(change, by=actor(request))
        messages.success(request, f"Undone: {matches.sentence(change)}.")
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return _back(request)


def _sought(request: HttpRequest) -> dict[str, object]:
    text = request.GET.get("q", "").strip().replace("\x00", "")
    rows = people().filter(called(text)).order_by("name", "pk")[: FOUND + 1] if text else ()
    return {"q": text, "found": rows[:FOUND], "more": len(rows) > FOUND}


def _person(text: str) -> Person:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    found: Person | None = people().filter(pk=min(number, LARGEST)).first()
    if found is None:
        raise Http404
    return found


def _done(
    request: HttpRequest, act: Callable[[], IdentityChange], to: tuple[str, int] | None = None
) -> HttpResponse:
    try:
        _say(request, act())
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return leave(request, *to) if to else _back(request)


def _say(request: HttpRequest, change: IdentityChange) -> None:
    text = format_html("{}. It holds in every later sync.", matches.sentence(change))
    messages.success(request, text[:1].upper() + text[1:])


def _back(request: HttpRequest) -> HttpResponse:
    """To the page where the button was."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("matches")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
