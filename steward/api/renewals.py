"""/renewals: what is due, as a list and as a calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from steward.api.access import money_seen
from steward.api.contract_schemas import RenewalOut
from steward.api.description import also
from steward.api.responses import read
from steward.api.schemas import Listed
from steward.insight import calendars
from steward.insight.contracts import ahead, of_due
from steward.inventory import terms

router = Router(tags=["contracts"])


class RenewalQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=3650)] = 365


@router.get("/renewals", response=read(Listed[RenewalOut]))
def list_renewals(request: HttpRequest, query: Annotated[RenewalQuery, Query()]) -> Any:
    """Renewals, ends and last days for notice in the `days` to come, by day. All of them."""
    today, seen = terms.today(), money_seen(request)
    dues = ahead(today, today + timedelta(days=query.days))
    return {"items": [of_due(due, seen) for due in dues], "next": None}


@router.get(
    "/renewals.ics",
    response=read(None),
    openapi_extra=also(200, calendars.KIND.split(";")[0]),
)
def get_calendar(request: HttpRequest) -> HttpResponse:
    """For calendars: the last year and the next three (RFC 5545)."""
    return HttpResponse(calendars.renewals(money_seen(request)), content_type=calendars.KIND)
