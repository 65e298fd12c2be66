"""/reports and /notifications: answers, and who is told of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from steward.api.problems import Problem, not_found
from steward.api.responses import created, read, read_one
from steward.api.schemas import Listed, Recipients, ReportOut
from steward.insight import exports, reports
from steward.insight.reports import BadRequest, Result
from steward.inventory.mail import Recipient

router = Router(tags=["reports"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: dict[str, tuple[str, Callable[[Result], Iterator[bytes]]]] = {
    "json": ("application/json", exports.json),
    "csv": ("text/csv; charset=utf-8", exports.csv),
    "xlsx": (_XLSX, exports.xlsx),
}
_OWN = ("format", "as_of", "sort")


@router.get("/reports", response=read(Listed[ReportOut]))
def list_reports(request: HttpRequest) -> Any:
    return {"items": [r.facts() for r in reports.catalogue()], "next": None}


@router.get("/reports/{slug}", response=read_one(dict[str, Any]))
def run_report(
    request: HttpRequest, slug: str, format: str = "json", as_of: str = "", sort: str = ""
) -> Any:
    """`as_of` is a day such as 2026-11-01; every filter of the report is a parameter by name."""
    report = reports.report(slug)
    if report is None:
        raise not_found("report")
    if format not in _FORMATS:
        raise _wrong("format", f"It must be one of: {', '.join(_FORMATS)}.")
    filters = {k: v for k, v in request.GET.items() if k not in _OWN}
    try:
        result = report.run(filters, sort=sort, as_of=_day(as_of))
    except BadRequest as error:
        raise _wrong("query", str(error)) from None
    kind, write = _FORMATS[format]
    response = StreamingHttpResponse(write(result), content_type=kind)
    if format != "json":
        response["Content-Disposition"] = f'attachment; filename="{slug}.{format}"'
    return response


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong("as_of", "It must be a day such as 2026-11-01.") from None
    if not 2000 <= day.year <= 2100:
        raise _wrong("as_of", "It must be a day such as 2026-11-01.")
    return day


def _wrong(field: str, message: str) -> Problem:
    return Problem(422, "invalid", message, errors=[{"field": field, "message": message}])


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
        raise _wrong(f"recipients.{number}", "This is not an e-mail address.") from None
    return text.strip().lower()
