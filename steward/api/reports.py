"""/reports and /notifications: answers, and who is told of what."""

from __future__ import annotations

from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse

from steward.api.access import money_seen, only_with_money, visible, visible_reports
from steward.api.days import Day, as_of_day
from steward.api.description import also
from steward.api.problems import Problem, not_found, wrong
from steward.api.responses import created, read, read_one
from steward.api.saved_reports import router, saved_facts
from steward.api.schemas import Listed, ProblemOut, Recipients, ReportOut, ReportResult
from steward.insight import reports
from steward.insight.formats import FORMATS
from steward.insight.reports import BadRequest, Report
from steward.inventory.mail import Recipient
from steward.inventory.report import SavedReport

_OWN = ("format", "as_of", "sort")
AsFile = Literal["json", "csv", "xlsx", "pdf"]
_FILES = [made.kind for made in FORMATS.values() if made.name != "json"]


@router.get("/reports", response=read(Listed[ReportOut]))
def list_reports(request: HttpRequest) -> Any:
    """Built-in ones, then those that people have saved."""
    shown = money_seen(request)
    known = [r for r in reports.catalogue() if shown or not r.about_money]
    saved = [row for row in visible_reports(request) if shown or not _about_money(row)]
    items = [_seen(r, shown).facts() for r in known] + [saved_facts(r, shown) for r in saved]
    return {"items": items, "next": None}


def _about_money(row: SavedReport) -> bool:
    found = reports.report(row.slug)
    return found is not None and found.about_money


def _seen(report: Report, money: bool) -> Report:
    return report if money else report.without_money()


@router.get(
    "/reports/{slug}",
    response=read_one(ReportResult) | {409: ProblemOut},
    openapi_extra=also(200, *_FILES),
)
def run_report(
    request: HttpRequest, slug: str, format: AsFile = "json", as_of: Day | None = None
) -> Any:
    """As it is, or as it was at the end of the day `as_of`. Every filter of the report, as
    `GET /reports` lists them, is a parameter by its name; `sort` is a column, with - before it
    for the other way round."""
    report = reports.report(slug)
    is_hidden = SavedReport.called(slug) is not None and visible(request, slug) is None
    if report is None or is_hidden:
        raise not_found("report")
    if report.about_money:
        only_with_money(request)
    report = _seen(report, money_seen(request))
    day = as_of_day(as_of)
    if day and not report.has_past:
        raise Problem(409, "no_past", f"{report.title} cannot be asked for a past day.")
    filters = {k: v for k, v in request.GET.items() if k not in _OWN}
    try:
        result = report.run(filters, sort=request.GET.get("sort", ""), as_of=day)
        parts = FORMATS[format].write(result)
    except BadRequest as error:
        raise wrong("query", str(error)) from None
    response = StreamingHttpResponse(parts, content_type=FORMATS[format].kind)
    if format != "json":
        response["Content-Disposition"] = f'attachment; filename="{slug}.{format}"'
    return response


@router.get("/notifications/recipients", response=read(Recipients))
def get_recipients(request: HttpRequest) -> Any:
    return {"recipients": list(_addresses())}


@router.put("/notifications/recipients", response=created(Recipients, 200))
def put_recipients(request: HttpRequest, data: Recipients) -> Any:
    """The whole list; an empty one means whoever connected the instance."""
    addresses = [_checked(number, text) for number, text in enumerate(data.recipients)]
    with transaction.atomic():
        Recipient.objects.all().delete()
        Recipient.objects.bulk_create(Recipient(email=a) for a in dict.fromkeys(addresses))
    return {"recipients": list(_addresses())}


def _addresses() -> Any:
    return Recipient.objects.order_by("email").values_list("email", flat=True)


def _checked(number: int, text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise wrong(f"recipients.{number}", "This is not an e-mail address.") from None
    return text.strip().lower()
