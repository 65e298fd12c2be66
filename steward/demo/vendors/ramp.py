"""Ramp on loopback: users, departments and transactions, as its developer API gives them."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, request

from steward.demo.company import Company, Human
from steward.demo.controls import Controls, guard
from steward.demo.spending import Paid, by_card, card_holders

TOKEN_PATH = "/token"
BUSINESS = "b0a1c2d3-0000-4000-8000-000000000001"


class Dialect:
    def token(self) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def unauthorized(self) -> Response:
        return refuse(401, "DEVELOPER_7001", "The access token is invalid or has been revoked.")

    def slow_down(self, ends: float) -> Response:
        answer = refuse(429, "DEVELOPER_7005", "Too many requests.")
        answer.headers["Retry-After"] = str(max(1, round(ends - time.time())))
        return answer

    def hints(self, left: int, ends: float) -> dict[str, str]:
        return {}


def refuse(status: int, code: str, message: str) -> Response:
    answer = jsonify({"error_v2": {"error_code": code, "message": message}})
    answer.status_code = status
    return answer


def simulator(company: Company, controls: Controls) -> Flask:
    app = Flask("ramp")
    guard(app, controls, Dialect(), open_paths=(TOKEN_PATH,))
    _token(app, controls)
    _company(app, company, controls)
    _transactions(app, company, controls)
    return app


def _token(app: Flask, controls: Controls) -> None:
    @app.post(TOKEN_PATH)
    def token() -> Response:
        given, form = request.authorization, request.form
        known = given and controls.clients.get(given.username or "") == given.password
        if not known or controls.revoked:
            return _no(401, "invalid_client")
        if form.get("grant_type") != "client_credentials":
            return _no(400, "unsupported_grant_type")
        if controls.missing_scopes & set(form.get("scope", "").split()):
            return _no(400, "invalid_scope")
        made = f"ramp_business_tok_{secrets.token_hex(8)}"
        controls.tokens.add(made)
        about = {"token_type": "Bearer", "expires_in": 864_000, "scope": form["scope"]}
        return jsonify({"access_token": made, **about})


def _no(status: int, error: str) -> Response:
    answer = jsonify({"error": error})
    answer.status_code = status
    return answer


def _company(app: Flask, company: Company, controls: Controls) -> None:
    @app.get("/business")
    def business() -> Response:
        return jsonify({"id": BUSINESS, "business_name_on_card": company.name, "is_frozen": False})

    @app.get("/users")
    def users() -> Response:
        return _page(controls, [user(h) for h in card_holders(company)])

    @app.get("/departments")
    def departments() -> Response:
        names = sorted({human.department for human in company.people})
        return _page(controls, [{"id": department_id(name), "name": name} for name in names])


def _transactions(app: Flask, company: Company, controls: Controls) -> None:
    @app.get("/transactions")
    def transactions() -> Response:
        since = request.args.get("from_date", "")[:10]
        state = request.args.get("state", "")
        rows = [transaction(paid) for paid in by_card(company) if str(paid.day) >= since]
        return _page(controls, [row for row in rows if state in ("", row["state"])])


def _page(controls: Controls, rows: list[dict[str, Any]]) -> Response:
    """`page.next` is a whole address, and null at the end."""
    start = request.args.get("start", "")
    ids = [row["id"] for row in rows]
    begin = ids.index(start) + 1 if start in ids else 0
    size = controls.page(int(request.args.get("page_size", 20)), 100)
    here = rows[begin : begin + size]
    more = None
    if begin + size < len(rows):
        asked = {**request.args.to_dict(), "start": here[-1]["id"]}
        more = f"{request.base_url}?{urlencode(asked)}"
    return jsonify({"data": here, "page": {"next": more}})


def user_id(number: int) -> str:
    return f"5e000000-0000-4000-8000-{number:012d}"


def department_id(name: str) -> str:
    return f"de000000-0000-4000-8000-{sum(map(ord, name)):012d}"


def user(human: Human) -> dict[str, Any]:
    return {
        "id": user_id(human.number),
        "business_id": BUSINESS,
        "email": human.email,
        "first_name": human.first,
        "last_name": human.last,
        "role": "BUSINESS_ADMIN" if human.department == "Finance" else "BUSINESS_USER",
        "status": "USER_ACTIVE",
        "is_manager": human.manager_id is None,
        "manager_id": None,
        "department_id": department_id(human.department),
        "location_id": None,
        "phone": None,
    }


def transaction(paid: Paid) -> dict[str, Any]:
    """`amount` is in whole dollars; what an object says is in cents."""
    cents = {"amount": int(paid.amount * 100), "currency_code": paid.currency}
    return {
        "id": f"7a000000-0000-4000-8000-{paid.number:012d}",
        "amount": float(paid.amount),
        "currency_code": paid.currency,
        "original_transaction_amount": cents,
        "state": "CLEARED",
        "merchant_id": f"3e000000-0000-4000-8000-{sum(map(ord, paid.merchant)):012d}",
        "merchant_name": paid.merchant,
        "merchant_descriptor": paid.line,
        "sk_category_id": 40,
        "sk_category_name": "SaaS / Software",
        "memo": None,
        "user_transaction_time": f"{paid.day}T15:04:05+00:00",
        "card_id": user_id(paid.holder.number).replace("5e", "ca", 1),
        "card_holder": {
            "user_id": user_id(paid.holder.number),
            "first_name": paid.holder.first,
            "last_name": paid.holder.last,
            "department_id": department_id(paid.holder.department),
            "department_name": paid.holder.department,
            "location_id": None,
            "location_name": None,
        },
        "line_items": [{"amount": cents, "accounting_field_selections": []}],
        "receipts": [],
        "disputes": [],
    }
