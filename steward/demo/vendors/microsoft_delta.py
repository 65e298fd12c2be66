"""Delta queries: who has changed since a mark, and a mark for the next time."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import error
from steward.demo.vendors.microsoft_directory import Entra
from steward.demo.vendors.microsoft_paging import NEXT, Row, opened, sealed

SIZE = 200


def delta(entra: Entra, controls: Controls) -> Any:
    """A token holds what was selected; "latest" asks for a mark and for nobody."""
    token, skip = request.args.get("$deltatoken"), request.args.get("$skiptoken")
    asked = request.args.get("$select", "")
    if token == "latest":
        return _answer([], _link("$deltatoken", {"seq": len(entra.log), "select": asked}))
    begun: Row = {"seq": None, "upto": len(entra.log), "at": 0, "select": asked}
    if token:
        begun |= json.loads(opened(token))
    state = json.loads(opened(skip)) if skip else begun
    if state["seq"] is not None and state["seq"] < entra.forgotten:
        return _expired(entra)
    return _page(entra, controls, state)


def _page(entra: Entra, controls: Controls, state: Row) -> Any:
    rows = _everybody(entra, state) if state["seq"] is None else _changes(entra, state)
    size = controls.page(SIZE, SIZE)
    shown, upto = rows[state["at"] : state["at"] + size], state["at"] + size
    if upto < len(rows):
        return _answer(shown, more=_link("$skiptoken", {**state, "at": upto}))
    return _answer(shown, _link("$deltatoken", {"seq": state["upto"], "select": state["select"]}))


def _everybody(entra: Entra, state: Row) -> list[Row]:
    return [_shown(row, state["select"]) for row in entra.users.values()]


def _changes(entra: Entra, state: Row) -> list[Row]:
    """In the order in which it happened, whoever changed twice twice. A property that was never
    set is left out; with `partial`, everything that has not changed is."""
    found = []
    for number, properties in entra.log[state["seq"] : state["upto"]]:
        row = entra.users.get(number)
        if properties is None or row is None:
            found.append({"id": number, "@removed": {"reason": "changed"}})
        else:
            kept = ",".join(properties) if entra.partial else state["select"]
            found.append(_shown(row, kept))
    return found


def _shown(row: Row, select: str) -> Row:
    names = {"id", *select.split(",")} - {"manager"}
    return {k: v for k, v in row.items() if k in names and v is not None}


def _link(name: str, state: Row) -> str:
    return f"{request.base_url}?{urlencode({name: sealed(json.dumps(state))}, safe='$')}"


def _answer(rows: list[Row], end: str = "", more: str = "") -> Any:
    ends = {"@odata.deltaLink": end} if end else {NEXT: more}
    return jsonify(
        {"@odata.context": f"{request.host_url}v1.0/$metadata#users", **ends, "value": rows}
    )


def _expired(entra: Entra) -> Response:
    """410 where Microsoft has moved the tenant; 400 after seven days."""
    code = "resyncRequired" if entra.expired_as == 410 else "syncStateNotFound"
    response = jsonify(error(code, "The delta token is expired and data must be synchronized."))
    response.status_code = entra.expired_as
    if entra.expired_as == 410:
        response.headers["Location"] = f"{request.base_url}?$deltatoken="
    return response
