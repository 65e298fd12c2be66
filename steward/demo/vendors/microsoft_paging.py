"""How Graph cuts a list: a page, the properties that were chosen, and the address of the next."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request

Row = dict[str, Any]
NEXT = "@odata.nextLink"


def page(rows: Sequence[Row], size: int) -> Row:
    start = int(opened(request.args.get("$skiptoken", "")) or 0)
    shown = rows[start : start + size]
    body: Row = {"@odata.context": f"{request.host_url}v1.0/$metadata"}
    if start + size < len(rows):
        kept = {k: v for k, v in request.args.items() if k != "$skiptoken"}
        token = sealed(str(start + size))
        body[NEXT] = f"{request.base_url}?{urlencode({**kept, '$skiptoken': token}, safe='$')}"
    return {**body, "value": [projected(row, chosen()) for row in shown]}


def chosen() -> list[str]:
    return [name for name in request.args.get("$select", "").split(",") if name]


def projected(row: Row, names: Sequence[str]) -> Row:
    """Graph always gives the id, and what kind an object is where several are listed."""
    if not names:
        return {k: v for k, v in row.items() if k not in ("signInActivity", "appRoles")}
    kept = {"id", "@odata.type", *names, *(["manager"] if request.args.get("$expand") else [])}
    return {k: v for k, v in row.items() if k in kept and (k != "signInActivity" or v)}


def expanded(row: Row, names: Sequence[str] = ()) -> Row:
    """A manager comes only where asked for, and only where there is one. A single object is cut
    to what was chosen here."""
    wanted = re.match(r"manager\(\$select=([\w,]+)\)", request.args.get("$expand", ""))
    cut = {k: v for k, v in row.items() if k != "manager"}
    if wanted and row.get("manager"):
        inner = ("@odata.type", *wanted[1].split(","))
        cut["manager"] = {k: v for k, v in row["manager"].items() if k in inner}
    return projected(cut, names or chosen())


def sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(token: str) -> str:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
