"""The sums of money that pages, files and the API tell of the large company, from each place that
tells them; `tests.benchmarks` holds them against each other. Prints one JSON object."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402

from steward.insight import exports, reports  # noqa: E402
from steward.insight.commitments import committed  # noqa: E402
from steward.insight.licences import licences, reclaimable, wasted  # noqa: E402
from steward.insight.reports.spend import GROUPS, SPEND  # noqa: E402
from steward.insight.spend import Period, paid, spend  # noqa: E402
from steward.inventory.member import ApiToken, Member, Role  # noqa: E402
from steward.ledger import shares  # noqa: E402

BESIDE = ("application", "department", "month")
WASTE = ("licence", "application", "reason", "department")


def sums() -> dict[str, dict[str, str]]:
    shares.catch_up()
    member = Member.objects.create_user("sums@corp.example", None, role=Role.ADMIN)
    client = Client(headers={"host": "localhost"})
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    _, token = ApiToken.make("sums", str(Role.ADMIN), member)
    found = {
        "spent": dict(_spent(client, token)),
        "committed": dict(_committed(client, token)),
        "wasted": dict(_wasted(client, token)),
    }
    return {kind: _written(told) for kind, told in found.items()}


def _written(told: dict[str, Decimal]) -> dict[str, str]:
    return {place: f"{amount:.4f}" for place, amount in told.items()}


def _spent(client: Client, token: str) -> Iterator[tuple[str, Decimal]]:
    period = Period.of()
    yield "page", spend(period).total
    yield "charges", sum((charge.told for charge in paid(period)), Decimal(0))
    for group in GROUPS:
        yield f"by {group}", _column(SPEND[group].run(period.asked).records(), "paid")
        yield f"file by {group}", _file(client, f"/spend/?group_by={group}&format=csv", "Paid")
        answer = _asked(client, token, f"/api/v1/spend?group_by={group}")
        yield f"API by {group}", _column(answer, "paid")


def _committed(client: Client, token: str) -> Iterator[tuple[str, Decimal]]:
    period = Period.of()
    yield "page", committed(period).total
    yield "API", Decimal(_told(client, token, "/api/v1/spend")["committed"]["total"])
    report = reports.report("committed-spend")
    yield "contracts", _column(report.run(period.asked).records(), "committed")
    yield "file of contracts", _file(client, "/reports/committed-spend/?format=csv", "Committed")
    for group in BESIDE:
        yield f"by {group}", _column(SPEND[group].run(period.asked).records(), "committed")
        yield f"file by {group}", _file(client, f"/spend/?group_by={group}&format=csv", "Committed")
        answer = _asked(client, token, f"/api/v1/spend?group_by={group}")
        yield f"API by {group}", _column(answer, "committed")


def _wasted(client: Client, token: str) -> Iterator[tuple[str, Decimal]]:
    yield "home", reclaimable()[1]
    yield "licences", wasted(licences()).month
    yield "API", _column(_asked(client, token, "/api/v1/licenses?limit=1000"), "waste_month")
    report = reports.report("wasted-spend")
    for group in WASTE:
        yield f"by {group}", _column(report.run({"by": group}).records(), "month")
        text = b"".join(exports.csv(report.run({"by": group}))).decode("utf-8-sig")
        yield f"file by {group}", _cells(text, "Waste a month")


def _column(records: Any, name: str) -> Decimal:
    return sum((Decimal(r[name]) for r in records if r[name] is not None), Decimal(0))


def _file(client: Client, path: str, column: str) -> Decimal:
    answer = client.get(path)
    return _cells(b"".join(answer.streaming_content).decode("utf-8-sig"), column)


def _cells(text: str, column: str) -> Decimal:
    cells = (row[column] for row in csv.DictReader(io.StringIO(text)))
    return sum((Decimal(cell) for cell in cells if cell), Decimal(0))


def _told(client: Client, token: str, path: str) -> Any:
    return client.get(path, headers={"authorization": f"Bearer {token}"}).json()


def _asked(client: Client, token: str, path: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = _told(client, token, path + more)
        yield from answer["items"]
        cursor = answer.get("next")


if __name__ == "__main__":
    print(json.dumps(sums()))
