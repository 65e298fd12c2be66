"""Sending an admin to the app to agree, and going on where they left off when they are back.

The way out is a page of ours that leads on, not a redirect of the form: browsers hold a redirect
to the page's own Content-Security-Policy, which lets forms go nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steward.insight.facts import of_integration
from steward.inventory.consent import redirect_uri
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.sdk.catalogue import integrations
from steward.sync import acts, consents
from steward.sync.connecting import checked_entry
from steward.sync.trial import entry_of
from steward.web import drafts
from steward.web.entries import Entry

GONE = (
    "This answer belongs to no question that you asked here within the last ten minutes, so it was "
    "not used. Connect once more."
)


@dataclass(frozen=True)
class Came:
    """An admin who is back. `do` is the button they had pressed, `instance` the number of the one
    that is to have a new credential."""

    entry: Entry
    do: str
    instance: int | None


def send(
    request: HttpRequest, entry: Entry, do: str, instance: Instance | None = None
) -> HttpResponse:
    """Raises Invalid, Conflict or Refused before anybody is asked in vain."""
    member: Member = request.user  # type: ignore[assignment]
    slug = entry.connector.slug
    if instance:
        checked = entry_of(slug, entry.settings, entry.credentials, entry.auth)
    else:
        checked = checked_entry(
            slug, entry.name, entry.settings, entry.credentials, entry.auth, hours(entry)
        )
    memo = {"slug": slug, "do": do, "instance": instance.pk if instance else None}
    address = consents.begin(
        checked,
        member=member,
        browser=drafts.browser(request),
        back=redirect_uri(),
        memo={**memo, "draft": entry.draft()},
    )
    facts = {"connector": of_integration(entry.connector), "address": address}
    page = render(request, "integrations/leaving.html", facts)
    page.headers["Refresh"] = f"0; url={address}"
    return page


def come_back(request: HttpRequest) -> Came | None:
    """None where nobody was waited for. What went wrong stands in the errors of the entry."""
    member: Member = request.user  # type: ignore[assignment]
    state = request.GET.get("state", "")
    begun = consents.take(state, member=member, browser=drafts.browser(request))
    connector = integrations().get(begun.memo["slug"]) if begun else None
    if begun is None or connector is None:
        return None
    entry = Entry.of_draft(connector, begun.memo["draft"])
    try:
        checked = entry_of(connector.slug, entry.settings, entry.credentials, entry.auth)
        entry.tokens = consents.tokens_for(checked, begun, request.GET.dict())
    except (acts.Invalid, acts.Refused) as problem:
        entry.errors |= told(problem)
    return Came(entry, begun.memo["do"], begun.memo["instance"])


def told(problem: acts.Invalid | acts.Refused) -> dict[str, str]:
    if isinstance(problem, acts.Invalid):
        return {e.field: e.message for e in problem.errors}
    return {"app": problem.message}


def hours(entry: Entry) -> int:
    text = entry.every_hours
    return int(text) if text.isdecimal() and len(text) < 6 else 0
