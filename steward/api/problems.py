"""Errors as problem details (RFC 9457): title, detail, code, and the fields that are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from steward.api.shapes import said_of
from steward.sync.acts import Conflict, Invalid, Refused

TYPE = "application/problem+json"


class Problem(Exception):
    """Raised anywhere below a view; becomes the answer."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def not_found(what: str) -> Problem:
    return Problem(404, "not_found", f"There is no such {what}.")


def wrong(field: str, message: str) -> Problem:
    return Problem(422, "invalid", message, errors=[{"field": field, "message": message}])


def answer(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return HttpResponse(json.dumps(body), status=status, content_type=TYPE, headers=headers)


def of_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer(problem.status, problem.code, problem.detail, **problem.more)


def of_invalid(request: HttpRequest, invalid: Invalid) -> HttpResponse:
    errors = [{"field": e.field, "message": e.message} for e in invalid.errors]
    return answer(422, "invalid", str(invalid), errors=errors)


def of_conflict(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    more = {"instance": conflict.instance.pk} if conflict.instance else {}
    return answer(409, conflict.code, conflict.message, **more)


def of_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return answer(424, refused.code, refused.message, missing=list(refused.missing))


def of_validation(request: HttpRequest, errors: Sequence[dict[str, Any]]) -> HttpResponse:
    """What the schema refuses; the message names no value, which may be a secret."""
    told = [{"field": _field(e["loc"]), "message": _message(e)} for e in errors]
    return answer(422, "invalid", "The request does not have the right form.", errors=told)


def _message(error: dict[str, Any]) -> str:
    """In place of the few words of pydantic's that help nobody."""
    if error["type"] == "string_pattern_mismatch":
        return said_of(error["ctx"]["pattern"])
    message: str = _MESSAGES.get(error["type"]) or error["msg"]
    return message


_MESSAGES = {
    "extra_forbidden": "There is no such field.",
    "missing": "This is needed.",
}


def _field(place: Sequence[Any]) -> str:
    """Without the words by which the framework says where in the request it looked."""
    inner = [str(step) for step in place if step not in ("body", "query", "path", "form")]
    named = inner[1:] if len(inner) > 1 and inner[0] in ("data", "page", "file") else inner
    return ".".join(named)


class ProblemDetails:
    """Whatever refuses a request under /api before a view sees it speaks problem details too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        is_ours = request.path.startswith("/api/")
        is_plain = "json" not in response.headers.get("Content-Type", "")
        if is_ours and response.status_code >= 400 and is_plain:
            made = answer(response.status_code, _code(response.status_code), _detail(response))
            if "Allow" in response.headers:
                made.headers["Allow"] = response.headers["Allow"]
            return made
        return response


def _code(status: int) -> str:
    return HTTPStatus(status).name.lower()


def _detail(response: HttpResponse) -> str:
    return {
        400: "The request cannot be read.",
        404: "There is nothing here; /api/v1/openapi.json lists what there is.",
        405: "This cannot be done here; the Allow header says what can.",
    }.get(response.status_code, "Steward could not answer. The log of the server says more.")
