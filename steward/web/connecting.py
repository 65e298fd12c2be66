"""Connecting an instance, and giving one a new credential."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from steward.insight.facts import of_integration
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.sdk.connector import Connector
from steward.sync import acts
from steward.web import drafts
from steward.web.access import actor, for_admins
from steward.web.entries import Entry, entered
from steward.web.instances import found as found_instance
from steward.web.integrations import found, guide_of


@sensitive_post_parameters()
@for_admins
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    connector = found(slug)
    if request.method != "POST":
        return _form(request, Entry(connector, name=_free_name(connector)))
    entry = entered(request, connector, drafts.take(request, slug))
    drafts.keep(request, slug, _as_draft(entry))
    if request.POST.get("do") == "test":
        return _test(request, entry)
    return _connect(request, entry)


def _connect(request: HttpRequest, entry: Entry, second: bool = False) -> HttpResponse:
    member: Member = request.user  # type: ignore[assignment]
    try:
        instance = acts.connect(
            entry.connector.slug,
            name=entry.name,
            settings=entry.settings,
            credentials=entry.credentials,
            auth=entry.auth,
            by=actor(request),
            member=member,
            every_hours=_hours(entry),
            allow_same_tenant=second,
        )
    except acts.Conflict as conflict:
        if conflict.code == "same_tenant":
            return _ask(request, entry, conflict)
        entry.errors["name"] = conflict.message
    except (acts.Invalid, acts.Refused) as problem:
        entry.errors |= _told(problem)
    else:
        drafts.drop(request, entry.connector.slug)
        messages.success(request, f"{instance.name} is connected. Its first sync has begun.")
        return redirect("instance", instance.pk)
    return _form(request, entry)


def _test(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Who answers, and what is missing, without saving anything."""
    try:
        trial = acts.try_out(entry.connector.slug, entry.settings, entry.credentials, entry.auth)
    except (acts.Invalid, acts.Refused) as problem:
        entry.errors |= _told(problem)
        return _form(request, entry)
    return _form(request, entry, trial=trial, status=200)


def _told(problem: acts.Invalid | acts.Refused) -> dict[str, str]:
    if isinstance(problem, acts.Invalid):
        return {e.field: e.message for e in problem.errors}
    return {"app": problem.message}


def _hours(entry: Entry) -> int:
    text = entry.every_hours
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _as_draft(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "auth": entry.auth,
        "every_hours": entry.every_hours,
        "settings": entry.settings,
        "credentials": entry.credentials,
    }


def _free_name(connector: type[Connector]) -> str:
    taken = {n.casefold() for n in Instance.objects.present().values_list("name", flat=True)}
    names = [connector.name, *(f"{connector.name} {n}" for n in range(2, 100))]
    return next((name for name in names if name.casefold() not in taken), connector.name)


def _form(
    request: HttpRequest, entry: Entry, trial: acts.Trial | None = None, status: int | None = None
) -> HttpResponse:
    facts = {
        "entry": entry,
        "connector": of_integration(entry.connector),
        "guide": guide_of(entry.connector.slug),
        "trial": trial,
    }
    wrong = request.method == "POST" and trial is None
    code = status or (422 if wrong else 200)
    return render(request, "integrations/connect.html", facts, status=code)


def _ask(request: HttpRequest, entry: Entry, conflict: acts.Conflict) -> HttpResponse:
    """The same tenant twice is a question, not an error."""
    facts = {
        "connector": of_integration(entry.connector),
        "existing": conflict.instance,
        "entry": entry,
    }
    return render(request, "integrations/question.html", facts, status=409)


@require_POST
@for_admins
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer: a second instance, the new credential for the one there is, or neither."""
    connector = found(slug)
    draft = drafts.take(request, slug)
    if not draft:
        messages.error(request, "Too much time has passed. Enter it once more.")
        return redirect("connect", slug)
    kept = {name: draft[name] for name in _as_draft(Entry(connector))}
    entry = Entry(connector, **kept, kept=frozenset(draft["credentials"]))
    answer = request.POST.get("answer", "")
    if answer == "second":
        return _connect(request, entry, second=True)
    if answer.isdecimal():
        return _replace(request, found_instance(int(answer)), entry)
    return redirect("integration", slug)


def _replace(request: HttpRequest, instance: Instance, entry: Entry) -> HttpResponse:
    try:
        acts.edit(
            instance,
            by=actor(request),
            settings=entry.settings,
            credentials=entry.credentials,
            auth=entry.auth,
        )
    except acts.Conflict as conflict:
        entry.errors["app"] = conflict.message
    except (acts.Invalid, acts.Refused) as problem:
        entry.errors |= _told(problem)
    else:
        drafts.drop(request, entry.connector.slug)
        messages.success(request, f"{instance.name} has a new credential and is syncing.")
        return redirect("instance", instance.pk)
    return _credential_form(request, instance, entry)


@sensitive_post_parameters()
@for_admins
def credential(request: HttpRequest, id: int) -> HttpResponse:
    """Settings and a new credential for an instance that is there."""
    instance = found_instance(id)
    connector = found(instance.integration)
    if request.method != "POST":
        entry = Entry(connector, name=instance.name, settings=instance.settings)
        return _credential_form(request, instance, entry)
    entry = entered(request, connector, drafts.take(request, connector.slug))
    drafts.keep(request, connector.slug, _as_draft(entry))
    return _replace(request, instance, entry)


def _credential_form(request: HttpRequest, instance: Instance, entry: Entry) -> HttpResponse:
    facts = {
        "entry": entry,
        "connector": of_integration(entry.connector),
        "instance": instance,
        "guide": guide_of(entry.connector.slug),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "integrations/credential.html", facts, status=status)
