"""How api.github.com words refusals and cuts lists into pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from steward.demo.controls import Controls

DOCS = "https://docs.github.com/rest"


def no(status: int, message: str, **headers: str) -> Response:
    body = {"message": message, "documentation_url": DOCS, "status": str(status)}
    answer = jsonify(body)
    answer.status_code = status
    answer.headers.extend(headers)
    return answer


def numbered(
    controls: Controls, items: Sequence[Any], around: dict[str, Any] | None = None, name: str = ""
) -> Response:
    size = controls.page(int(request.args.get("per_page", 30)), 100)
    page = max(1, int(request.args.get("page", 1)))
    last = max(1, math.ceil(len(items) / size))
    part = items[(page - 1) * size : page * size]
    answer = jsonify({**(around or {}), name: part} if name else part)
    links = [link("next", page=page + 1), link("last", page=last)] if page < last else []
    if page > 1:
        links.append(link("prev", page=page - 1))
    if links:
        answer.headers["Link"] = ", ".join(links)
    return answer


def link(rel: str, **changed: Any) -> str:
    query = urlencode({**request.args, **changed})
    return f'<{request.host_url.rstrip("/")}{request.path}?{query}>; rel="{rel}"'
