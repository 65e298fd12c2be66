"""Applications: what the company uses."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from steward.insight import uses
from steward.insight.applications import applications as all_applications
from steward.insight.applications import facts_of
from steward.insight.facts import of_integration
from steward.insight.grants import grants
from steward.insight.listings import APPLICATIONS
from steward.insight.reports.access import REPORT as ACCESS
from steward.insight.reports.applications import REPORT as USERS
from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import SIGNED_IN, Instance
from steward.sdk.catalogue import integrations
from steward.web.access import READERS_LOOK, for_members
from steward.web.tables import Table
from steward.web.usage import section

GRANTS = 25


class ApplicationForm(forms.Form):
    owner = forms.CharField(max_length=254, required=False)
    category = forms.CharField(max_length=100, required=False)
    status = forms.ChoiceField(choices=Application.STATUSES)


@for_members
def applications(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, APPLICATIONS)
    facts = {"table": table}
    return table.export() or render(request, "applications/applications.html", facts)


@for_members
def application(request: HttpRequest, id: int) -> HttpResponseBase:
    row = all_applications().filter(pk=min(id, 2**63 - 1)).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        return _change(request, row)
    return _page(request, row)


def _page(
    request: HttpRequest, row: Application, form: ApplicationForm | None = None
) -> HttpResponseBase:
    connector = integrations().get(row.integration)
    table = Table(request, USERS, {"application": str(row.pk)})
    seen = SeenApp.objects.present().filter(application=row).select_related("instance")
    rows = grants().filter(app__application=row).order_by(F("account").asc(nulls_first=True), "pk")
    facts = {
        "application": row,
        "facts": facts_of(row),
        "table": table,
        "form": form,
        "statuses": Application.STATUSES,
        "instances": Instance.objects.present().filter(application=row.pk),
        "sources": uses.sources_of(row),
        "signed_in_days": SIGNED_IN.days,
        "seen": seen,
        "seen_in": list(dict.fromkeys(app.instance.name for app in seen)),
        "grants": rows[:GRANTS],
        "more_grants": f"{reverse('report', args=[ACCESS.slug])}?application={row.pk}"
        if rows[GRANTS : GRANTS + 1]
        else "",
        "usage": section(application=row.pk),
        "connector": of_integration(connector) if connector else None,
    }
    status = 422 if form else 200
    return table.export() or render(request, "applications/application.html", facts, status=status)


def _change(request: HttpRequest, row: Application) -> HttpResponseBase:
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied(READERS_LOOK)
    form = ApplicationForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    Application.objects.filter(pk=row.pk).update(**form.cleaned_data)
    messages.success(request, f"{row.name} is updated.")
    response: HttpResponse = redirect("application", row.pk)
    return response
