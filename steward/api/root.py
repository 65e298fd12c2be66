"""The API put together, and the two answers for machines that watch: health and metrics."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from ninja.errors import AuthenticationError, HttpError, ValidationError
from prometheus_client import CONTENT_TYPE_LATEST

from steward.api import (
    applications,
    charges,
    clients,
    contract_parts,
    contracts,
    directory,
    fields,
    findings,
    grants,
    identity,
    import_tasks,
    imports,
    instances,
    inventory,
    licences,
    money,
    problems,
    renewals,
    reports,
    reviews,
    schedules,
    spend,
    timelines,
    usage,
    watching,
    webhooks,
)
from steward.api.access import Token
from steward.api.description import DescribedAPI, also
from steward.api.measures import exposition
from steward.api.schemas import Health, ProblemOut
from steward.inventory.worker import Worker
from steward.sync.acts import Conflict, Invalid, Refused

_BEARER = "Bearer "

api = DescribedAPI(
    title="Steward",
    version="1",
    description="Who has what, who uses it, what is wasted, what is risky.",
    auth=Token(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/instances", instances.router)
api.add_router("/clients", clients.router)
api.add_router("/contracts", contracts.router)
api.add_router("/contracts", contract_parts.router)
api.add_router("", renewals.router)
api.add_router("", inventory.router)
api.add_router("/licenses", licences.router)
api.add_router("", applications.router)
api.add_router("", fields.router)
api.add_router("", findings.router)
api.add_router("", grants.router)
api.add_router("", timelines.router)
api.add_router("", identity.router)
api.add_router("", directory.router)
api.add_router("", charges.router)
api.add_router("", spend.router)
api.add_router("", money.router)
api.add_router("", import_tasks.router)
api.add_router("", imports.router)
api.add_router("", usage.router)
api.add_router("", reports.router)
api.add_router("/schedules", schedules.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("", reviews.router)
api.add_router("", watching.router)

api.exception_handler(problems.Problem)(problems.of_problem)
api.exception_handler(Invalid)(problems.of_invalid)
api.exception_handler(Conflict)(problems.of_conflict)
api.exception_handler(Refused)(problems.of_refused)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_validation(request, error.errors)


@api.exception_handler(AuthenticationError)
def _unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.answer(
        401, "unauthorized", "Give a valid token in the header: Authorization: Bearer TOKEN."
    )


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer(error.status_code, "bad_request", str(error))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers; `worker` says whether anything would sync."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        alive = Worker.any_alive()
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False, "worker": False}, status=503)
    return JsonResponse({"ok": True, "database": True, "worker": alive})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for a token of any role."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(_BEARER) if header.startswith(_BEARER) else ""
    if not token or Token().authenticate(request, token) is None:
        return problems.answer(401, "unauthorized", "Metrics need a token.")
    body, kind = exposition()
    return HttpResponse(body, content_type=kind)


api.get("/healthz", auth=None, response={200: Health, 503: Health}, tags=["watching"])(healthz)
api.get(
    "/metrics",
    response={200: None, 401: ProblemOut},
    openapi_extra=also(200, CONTENT_TYPE_LATEST.split(";")[0]),
    tags=["watching"],
)(metrics)
