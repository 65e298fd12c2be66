"""What an admin of the made-up company enters: rates, a card statement, what some vendors are."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx2
from rich.console import Console

from steward.demo.company import Company
from steward.demo.spending import by_bank, rates
from steward.inventory.imports import Import
from steward.ledger.charges import ChargeIn, enter

BY = "admin@northwind-labs.example"
FILE = "bank-card-2026.csv"


def pay(api: httpx2.Client, company: Company, console: Console) -> None:
    for day, rate in rates(company):
        said = {"base": "EUR", "quote": "USD", "day": str(day), "rate": str(rate)}
        _done(api.post("/rates", json={**said, "source": "European Central Bank (made up)"}))
    lines = [ChargeIn(*line) for line in by_bank(company)]
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    statement = Import.objects.create(kind="charges", file_name=FILE, sha256=digest, by=BY)
    enter(lines, entered=statement)
    for vendor in ("Blue Bottle Coffee", "DEUTSCHE BAHN"):
        _done(api.post("/vendor-rules", json={"vendor": vendor, "application": None}))
    spend = api.get("/spend").json()
    console.print(
        f"  {len(lines)} charges of a card statement, {spend['total']} {spend['currency']} paid in "
        "twelve months"
    )


def _done(answer: Any) -> None:
    if answer.status_code != 201:
        raise SystemExit(f"Steward refused: {answer.text}")
