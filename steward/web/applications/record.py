"""The list of applications, and the page of one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from steward.insight import listed_applications
from steward.insight.applications import applications as all_applications
from steward.insight.reports.applications import REPORT as USERS
from steward.inventory.application import Application
from steward.web.access import READERS_LOOK, for_members
from steward.web.applications.sections import facts_for
from steward.web.tables import Table


class ApplicationForm(forms.Form):
    owner = forms.CharField(max_length=254, required=False)
    category = forms.CharField(max_length=100, required=False)
    status = forms.ChoiceField(choices=Application.STATUSES)


@for_members
def applications(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, listed_applications.report())
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
    table = Table(request, USERS, {"application": str(row.pk)})
    if file := table.export():
        return file
    facts = {**facts_for(request, row), "table": table, "form": form}
    status = 422 if form else 200
    return render(request, "applications/application.html", facts, status=status)


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
