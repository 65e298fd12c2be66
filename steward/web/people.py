"""People and their accounts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from steward.insight import timeline
from steward.insight.activity import activity_of
from steward.insight.descriptions import attributes_of
from steward.insight.findings.reading import open_of
from steward.insight.grants import grants
from steward.insight.lookalikes import with_accounts
from steward.insight.matches import changes_of, doubtful_accounts, sentence
from steward.insight.people import people as all_people
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.listings import PEOPLE
from steward.inventory.account import Account
from steward.inventory.holdings import Assignment, Membership, Seat, SeenApp
from steward.inventory.person import Person
from steward.inventory.staff import of_person
from steward.web.access import for_members
from steward.web.histories import History
from steward.web.spend import of_person as paid_for
from steward.web.tables import Table
from steward.web.usage import section

MOST, REPORTS = 200, 20
LARGEST = 2**63 - 1


@for_members
def people(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, PEOPLE)
    facts = {"table": table, "unclear": doubtful_accounts().count()}
    return table.export() or render(request, "people/people.html", facts)


@for_members
def person(request: HttpRequest, id: int) -> HttpResponse:
    row = all_people().filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    accounts = Account.objects.present().filter(person=row).select_related("instance")
    held = {"account__person": row}
    facts = {
        "person": row,
        "history": History(request, timeline.of_person, row),
        "changes": [(change, sentence(change)) for change in changes_of(row)[:MOST]],
        "attributes": attributes_of(row),
        "manager": row.manager and row.manager.now(),
        "reports": with_accounts(row.reports.filter(merged_into=None)).order_by("name")[:REPORTS],
        "listed": of_person(row.pk),
        "addresses": row.emails.order_by("key"),
        "accounts": accounts.order_by("status", "instance__name"),
        "given": _given(row),
        "grants": grants().filter(**held).order_by("app__name")[:MOST],
        "groups": Membership.objects.present()
        .filter(**held)
        .select_related("group", "instance")
        .order_by("instance__name", "group__name")[:MOST],
        "found": open_of(person=row.pk),
        "usage": section(person=row.pk),
        "paid": paid_for(request, row.pk),
        "provenance": _provenance([a.instance.pk for a in accounts]),
    }
    return render(request, "people/person.html", facts)


def _given(person: Person) -> list[SeenApp]:
    """Each application once, however many sign-on services and accounts lead to it."""
    rows = Assignment.objects.present().filter(account__person=person)
    apps = [row.app for row in rows.select_related("app__application").order_by("app__name")[:MOST]]
    return list({app.application or app.name: app for app in apps}.values())


def _provenance(instances: list[int]) -> Provenance:
    """Who has no account is known from the people list."""
    if not instances:
        return Provenance((), None, None, said="From the imported people list.")
    return provenance(("accounts", "groups", "apps", "grants"), instances)


@for_members
def account(request: HttpRequest, id: int) -> HttpResponse:
    rows = Account.objects.present().select_related("instance", "person")
    row = rows.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    facts = {
        "account": row,
        "history": History(request, timeline.of_account, row),
        "found": open_of(account=row.pk),
        "activity": activity_of(row),
        "seats": Seat.objects.present().filter(account=row).select_related("license"),
        "grants": grants().filter(account=row).order_by("app__name")[:MOST],
        "groups": Membership.objects.present().filter(account=row).select_related("group")[:MOST],
        "provenance": provenance(("accounts", "groups", "licenses", "grants"), [row.instance.pk]),
    }
    return render(request, "people/account.html", facts)
