"""Spend and rates on the command line."""

import csv
import io


def test_rates_and_spend(steward, as_json):
    made = as_json("rate", "add", "EUR", "USD", "1.25", "--day", "2026-01-01")
    assert (made["rate"], made["day"]) == ("1.25", "2026-01-01")
    assert [rate["id"] for rate in as_json("rate", "list")["items"]] == [made["id"]]
    assert "1.25 USD" in steward("rate", "list")[1]
    code, _, err = steward("rate", "add", "EUR", "XXZ", "1")
    assert code == 1
    assert "currency" in err
    assert steward("rate", "add", "EUR", "USD", "much")[0] == 2
    told = as_json("spend", "--group-by", "department", "--from", "2026-01", "--to", "2026-03")
    assert (told["total"], told["from"], told["items"]) == ("0.00", "2026-01-01", [])
    code, out, _ = steward("spend")
    assert code == 0
    assert "0.00 USD" in out
    _, out, _ = steward("spend", "--format", "csv")
    assert next(csv.reader(io.StringIO(out.lstrip("\ufeff"))))[:2] == ["Application", "Paid"]
    assert steward("spend", "--from", "x")[0] == 1
    as_json("rate", "remove", made["id"])
    assert steward("rate", "remove", made["id"])[0] == 1


def test_what_is_committed_is_told_beside_it(steward, as_json):
    term = ("--starts", "2025-01-01", "--ends", "2025-12-31")
    made = as_json("contract", "add", "--vendor", "V", "--name", "Deal", *term, "--value", "365",
                   "--currency", "USD")["id"]  # fmt: skip
    asked = ("spend", "--from", "2025-01", "--to", "2025-02")
    told = as_json(*asked)
    assert (told["total"], told["committed"]["total"]) == ("0.00", "59.00")
    _, out, _ = steward(*asked)
    assert "Contracts for no one application" in out
    assert "Committed by 1 contract: 59.00 USD." in out
    assert "never added to it" in out
    _, out, _ = steward(*asked, "--group-by", "month", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.lstrip("\ufeff"))))
    assert [row["Committed"] for row in rows] == ["28.00", "31.00"]
    steward("contract", "delete", made, "--yes")
    assert as_json(*asked)["committed"]["contracts"] == 0
