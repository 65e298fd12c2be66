"""Home: what needs a person today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steward.insight.attention import needing_attention
from steward.insight.contracts import SOON, contracts, notice_within, renewing_within
from steward.insight.provenance import provenance
from steward.insight.secure import LATELY, new_risky
from steward.insight.summary import summary
from steward.inventory.worker import Worker
from steward.web.access import for_members


@for_members
def home(request: HttpRequest) -> HttpResponse:
    facts = {
        "summary": summary(),
        "attention": needing_attention(),
        "provenance": provenance(("accounts", "licenses", "activity")),
        "renewing": renewing_within(contracts(), SOON).count(),
        "notices": notice_within(contracts(), SOON).count(),
        "new_risky": len(new_risky(LATELY)),
        "worker": Worker.any_alive(),
    }
    return render(request, "home.html", facts)
