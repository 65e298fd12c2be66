"""Connecting an instance, and giving one a new credential."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from steward.insight.facts import of_integration
from steward.inventory import vault
from steward.inventory.consent import redirect_uri
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.sdk.connector import Connector
from steward.sync import acts
from steward.web import consents, drafts
from steward.web.access import actor, for_admins
from steward.web.entries import Entry, entered
from steward.web.instances import found as found_instance
from steward.web.integrations import found, guide_of


@sensitive_post_parameters()
@for_admins
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    connector = found(slug)
    if request.method != "POST":
        return _resumed(request, connector) or _form(
            request, Entry(connector, name=_free_name(connector))
        )
    entry = entered(request, connector, drafts.take(request, slug))
    drafts.keep(request, slug, entry.draft())
    do = request.POST.get("do", "")
    if entry.asks_consent:
        return _sent(request, entry, do)
    return _test(request, entry) if do == "test" else _connect(request, entry)


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
            every_hours=consents.hours(entry),
            allow_same_tenant=second,
            tokens=entry.tokens,
        )
    except acts.Conflict as conflict:
        if conflict.code == "same_tenant":
            return _ask(request, entry, conflict)
        entry.errors["name"] = conflict.message
    except (acts.Invalid, acts.Refused) as problem:
        _note(entry, problem)
    else:
        drafts.drop(request, entry.connector.slug)
        messages.success(request, f"{instance.name} is connected. Its first sync has begun.")
        return redirect("instance", instance.pk)
    return _wrong(request, entry)


def _test(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Who answers, and what is missing, without saving anything."""
    try:
        trial = acts.try_out(
            entry.connector.slug, entry.settings, entry.credentials, entry.auth, entry.tokens
        )
    except (acts.Invalid, acts.Refused) as problem:
        _note(entry, problem)
        return _form(request, entry)
    return _form(request, entry, trial=trial, status=200)


def _note(entry: Entry, problem: acts.Invalid | acts.Refused) -> None:
    """A consent that was refused is of no use a second time; one that met an outage is."""
    entry.errors |= consents.told(problem)
    if isinstance(problem, acts.Refused) and problem.code in ("unauthorized", "forbidden"):
        entry.tokens = {}


def _sent(
    request: HttpRequest, entry: Entry, do: str, instance: Instance | None = None
) -> HttpResponse:
    try:
        return consents.send(request, entry, do, instance)
    except acts.Conflict as conflict:
        entry.errors["name"] = conflict.message
    except (acts.Invalid, acts.Refused) as problem:
        _note(entry, problem)
    return _wrong(request, entry, instance)


@require_GET
@for_admins
def consent(request: HttpRequest) -> HttpResponse:
    """The app sends the admin back to here, with its answer in the query."""
    came = consents.come_back(request)
    if came is None:
        messages.error(request, consents.GONE)
        return redirect("integrations")
    entry = came.entry
    drafts.keep(request, entry.connector.slug, entry.draft())
    instance = found_instance(came.instance) if came.instance else None
    if entry.errors or (came.do == "test" and not instance):
        return _wrong(request, entry, instance)
    return _replace(request, instance, entry) if instance else _connect(request, entry)


def _wrong(request: HttpRequest, entry: Entry, instance: Instance | None = None) -> HttpResponse:
    """The form with what is wrong. Who comes back from the app is led to its own page, so that
    the app's answer does not stay in the address."""
    if request.method == "POST":
        return _credential_form(request, instance, entry) if instance else _form(request, entry)
    slug = entry.connector.slug
    number = instance.pk if instance else None
    returned = {"errors": entry.errors, "instance": number}
    drafts.keep(request, slug, {**entry.draft(), "returned": returned})
    return redirect("credential", number) if instance else redirect("connect", slug)


def _resumed(
    request: HttpRequest, connector: type[Connector], instance: Instance | None = None
) -> HttpResponse | None:
    """Once, what the form held before the app was asked, and what came of it."""
    draft = drafts.take(request, connector.slug)
    returned = draft.pop("returned", None)
    number = instance.pk if instance else None
    if returned is None or returned["instance"] != number:
        return None
    drafts.keep(request, connector.slug, draft)
    entry = Entry.of_draft(connector, draft)
    entry.errors = returned["errors"]
    if instance:
        return _credential_form(request, instance, entry)
    return _form(request, entry) if entry.errors else _test(request, entry)


def _free_name(connector: type[Connector]) -> str:
    taken = {n.casefold() for n in Instance.objects.present().values_list("name", flat=True)}
    names = [connector.name, *(f"{connector.name} {n}" for n in range(2, 100))]
    return next((name for name in names if name.casefold() not in taken), connector.name)


def _form(
    request: HttpRequest, entry: Entry, trial: acts.Trial | None = None, status: int | None = None
) -> HttpResponse:
    wrong = request.method == "POST" and trial is None
    code = status or (422 if wrong else 200)
    facts = {**_about(entry), "trial": trial}
    return render(request, "integrations/connect.html", facts, status=code)


def _about(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "connector": of_integration(entry.connector),
        "guide": guide_of(entry.connector.slug),
        "redirect_uri": redirect_uri(),
    }


def _ask(request: HttpRequest, entry: Entry, conflict: acts.Conflict) -> HttpResponse:
    """The same tenant twice is a question, not an error."""
    slug, existing = entry.connector.slug, conflict.instance
    if request.method != "POST":
        number = existing.pk if existing else None
        drafts.keep(request, slug, {**entry.draft(), "existing": number})
        return redirect("question", slug)
    return _question(request, entry, existing, 409)


def _question(
    request: HttpRequest, entry: Entry, existing: Instance | None, status: int
) -> HttpResponse:
    facts = {
        "connector": of_integration(entry.connector),
        "existing": existing,
        "entry": entry,
    }
    return render(request, "integrations/question.html", facts, status=status)


@for_admins
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """The answer: a second instance, the new credential for the one there is, or neither. Who comes
    back from the app is asked here."""
    connector = found(slug)
    draft = drafts.take(request, slug)
    if not draft:
        messages.error(request, "Too much time has passed. Enter it once more.")
        return redirect("connect", slug)
    if request.method != "POST":
        existing = found_instance(draft.get("existing") or 0)
        return _question(request, Entry.of_draft(connector, draft), existing, 200)
    entry = Entry.of_draft(connector, draft)
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
            tokens=entry.tokens,
        )
    except acts.Conflict as conflict:
        entry.errors["app"] = conflict.message
        entry.tokens = {}
    except (acts.Invalid, acts.Refused) as problem:
        _note(entry, problem)
    else:
        drafts.drop(request, entry.connector.slug)
        messages.success(request, f"{instance.name} has a new credential and is syncing.")
        return redirect("instance", instance.pk)
    return _wrong(request, entry, instance)


@sensitive_post_parameters()
@for_admins
def credential(request: HttpRequest, id: int) -> HttpResponse:
    """Settings and a new credential for an instance that is there."""
    instance = found_instance(id)
    connector = found(instance.integration)
    present = _present(instance, connector)
    if request.method != "POST":
        return _resumed(request, connector, instance) or _credential_form(
            request, instance, Entry.of_draft(connector, present)
        )
    entry = entered(request, connector, drafts.take(request, connector.slug) or present)
    drafts.keep(request, connector.slug, entry.draft())
    if entry.asks_consent:
        return _sent(request, entry, "", instance)
    return _replace(request, instance, entry)


def _present(instance: Instance, connector: type[Connector]) -> dict[str, Any]:
    """What the form begins with. Only the OAuth app is kept for a new credential: it stays the
    same when an admin agrees anew."""
    entry = Entry(connector, name=instance.name, settings=instance.settings)
    try:
        auth, credentials = vault.open_credential(instance)
    except vault.SealBroken:
        return entry.draft()
    entry.auth = connector.option(auth).name
    if connector.option(auth).consent:
        entry.credentials = credentials
    return entry.draft()


def _credential_form(request: HttpRequest, instance: Instance, entry: Entry) -> HttpResponse:
    facts = {**_about(entry), "instance": instance}
    status = 422 if request.method == "POST" else 200
    return render(request, "integrations/credential.html", facts, status=status)
