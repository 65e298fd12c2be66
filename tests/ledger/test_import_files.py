"""The files that people really bring, and what is said of those that cannot be read."""

import io
import resource
import time
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.contract import Contract
from steward.inventory.problems import Invalid
from steward.ledger.imports import bringing, undoing
from steward.ledger.imports.bringing import Brought

pytestmark = pytest.mark.django_db
HEAD = "day,vendor,amount\n"


@pytest.fixture(autouse=True)
def company():
    Company.objects.create(pk=1, currency="EUR")


def rows(content, kind="charges", **options):
    found = []
    raw = content if isinstance(content, bytes) else content.encode()
    brought = Brought.of(kind, "file", raw, options.pop("mapping", None), options)
    bringing.look(brought, found.extend)
    return found


def refusal(content, kind="charges", **options):
    with pytest.raises(Invalid) as refused:
        rows(content, kind, **options)
    (error,) = refused.value.errors
    return error.field, error.message


def xlsx(fill):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        fill(book, book.add_worksheet("Payments"))
    return content.getvalue()


def bomb():
    """A sheet that unpacks to two gigabytes of nothing."""
    content = io.BytesIO(xlsx(lambda book, sheet: sheet.write(0, 0, "vendor")))
    made = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part.endswith("sheet1.xml"):
                with new.open(part, "w", force_zip64=True) as file:
                    for _ in range(2048):
                        file.write(b" " * 1024**2)
            else:
                new.writestr(part, old.read(part))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\n\n \n", "The file is empty."),
        (HEAD, "The list has headings but no rows."),
        (b"%PDF-1.7 ...", "This file is no list"),
        (b"\x89PNG\r\n", "This file is no list"),
        ("<!DOCTYPE html><html>", "This file holds a web page"),
        (b"PK\x03\x04 nothing more", "The workbook cannot be read"),
    ],
)
def test_what_is_no_list_gets_a_sentence(content, said):
    field, message = refusal(content)
    assert (field, said in message) == ("file", True), message


def test_what_is_too_large_and_what_would_be(settings):
    settings.STEWARD_IMPORT_BYTES = 1024**2
    assert "larger than 1 MB" in refusal(HEAD + "x" * 1024**2)[1]
    settings.STEWARD_IMPORT_BYTES = 20 * 1024**2
    packed = bomb()
    assert len(packed) < 5 * 1024**2
    assert "unpacks to more than Steward is willing to read" in refusal(packed)[1]


def test_encodings():
    text = "Datum;Lieferant;Betrag\n02.11.2026;Müller & Söhne;1,50 €\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        (row,) = rows(text.encode(encoding))
        assert row.values["vendor"] == "Müller & Söhne", encoding
        assert (row.values["amount"], row.values["currency"]) == (Decimal("1.5"), "EUR")
    assert refusal(text.encode("cp1252"), encoding="utf-8")[0] == "file"
    field, message = refusal(text, encoding="klingon")
    assert (field, message.startswith("This must be one of: auto, utf-8")) == ("encoding", True)


@pytest.mark.parametrize(
    ("amounts", "found"),
    [
        (["1.234,56", "1.234"], ["1234.56", "1234"]),
        (["1,234.56", "1,234"], ["1234.56", "1234"]),
        (["1'234.50", "(7)"], ["1234.5", "-7"]),
        (["12,34,567.00", "5-"], ["1234567", "-5"]),
    ],
)
def test_decimals_are_told_from_the_column(amounts, found):
    lines = "".join(f'2026-11-02,Acme,"{amount}"\n' for amount in amounts)
    assert [row.values["amount"] for row in rows(HEAD + lines)] == [Decimal(f) for f in found]


def test_what_can_be_read_in_two_ways_is_asked():
    text = HEAD + '2026-11-02,Acme,"1,234"\n'
    assert refusal(text)[0] == "decimals"
    assert rows(text, decimals="comma")[0].values["amount"] == Decimal("1.234")
    assert rows(text, decimals="point")[0].values["amount"] == Decimal(1234)
    text = HEAD + "03/04/2026,Acme,5\n"
    assert refusal(text)[0] == "dates"
    assert rows(text, dates="day")[0].values["day"] == date(2026, 4, 3)
    assert rows(text, dates="month")[0].values["day"] == date(2026, 3, 4)
    shown = HEAD + "03/04/2026,Acme,5\n03/14/2026,Acme,5\n"
    assert rows(shown)[0].values["day"] == date(2026, 3, 4)
    both = HEAD + "03/04/2026,Acme,5\n03/14/2026,Acme,5\n14/03/2026,Acme,5\n"
    assert [bool(row.errors) for row in rows(both)] == [True, False, False]


def test_currencies_are_taken_from_the_column_the_cell_the_heading_or_the_company():
    def currency(head, line):
        (row,) = rows(f"{head}\n{line}\n")
        return row.values.get("currency") or row.errors[0].message

    assert currency("day,vendor,amount,currency", "2026-11-02,A,$5,CAD") == "CAD"
    assert currency("day,vendor,amount", "2026-11-02,A,£5") == "GBP"
    assert currency("day,vendor,amount", "2026-11-02,A,CHF 5") == "CHF"
    assert currency("day,vendor,Amount (USD)", "2026-11-02,A,5") == "USD"
    assert currency("day,vendor,amount", "2026-11-02,A,5") == "EUR"
    assert "“TAX” is no currency" in currency("day,vendor,amount", "2026-11-02,A,5 TAX")


def test_a_workbook_with_dates_as_numbers_formulas_and_merged_cells():
    def fill(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, 3, "Payments of November")
        sheet.write_row(2, 0, ["Date", "Vendor", "Amount", "Invoice number"])
        sheet.write_datetime(3, 0, date(2026, 11, 2), day)
        sheet.merge_range(3, 1, 4, 1, "Acme")
        sheet.write_formula(3, 2, "=0.1+0.2", None, 0.1 + 0.2)
        sheet.write(3, 3, 17)
        sheet.write(4, 0, 46330)
        sheet.write(4, 2, 1.234)
        sheet.write_row(5, 0, ["2026-11-05", "Bolt", "#REF!"])
        sheet.write_row(6, 0, ["2026-11-05", "", 5])

    one, two, broken, empty = rows(xlsx(fill))
    assert (one.line, one.values["day"], one.values["vendor"]) == (4, date(2026, 11, 2), "Acme")
    assert (one.values["amount"], one.values["external_id"]) == (Decimal("0.3"), "17")
    assert (two.values["day"], two.values["vendor"]) == (date(2026, 11, 4), "Acme")
    assert two.values["amount"] == Decimal("1.234")
    assert broken.errors[0].message == (
        "Amount: the spreadsheet itself could not work it out (#REF!)."
    )
    assert empty.errors[0].message == "Vendor is empty."


def test_a_sheet_by_its_name_and_columns_without_one():
    def fill(book, sheet):
        sheet.write(0, 0, "Nothing here")
        other = book.add_worksheet("November")
        other.write_row(0, 0, ["Vendor", "", "Vendor"])
        other.write_row(1, 0, ["Acme", "2026-11-02", 5])

    mapping = {"Column 2": "day", "Vendor (2)": "amount"}
    (row,) = rows(xlsx(fill), sheet="November", mapping=mapping)
    assert (row.values["vendor"], row.values["amount"]) == ("Acme", Decimal(5))
    assert "Its sheets are: “Payments”, “November”" in refusal(xlsx(fill), sheet="May")[1]


def test_broken_quotes_and_long_texts_are_errors_of_their_rows_alone():
    long = "x" * 301
    text = f'{HEAD}2026-11-02,"Acme,5\n2026-11-02,{long},5\n2026-11-02,Good,5\n'
    broken, too_long, good = rows(text)
    assert broken.errors[0].message == "A quote in it is opened and not closed."
    assert too_long.errors[0].message == "Vendor: it is longer than 300 characters."
    assert (good.line, good.verdict) == (4, "new")


def test_a_contract_that_cannot_be():
    text = (
        "vendor,start,end,notice,auto renew\nA,2026-02-01,2026-01-01,,\n"
        "B,,2026-01-01,2026-02-01,\nC,,,,yes\n"
    )
    said = [row.errors[0].message for row in rows(text, "contracts")]
    assert said == [
        "The term ends before it starts.",
        "Notice must be given before the term ends.",
        "Say when the term ends; without it nobody knows when it renews.",
    ]
    assert not Contract.objects.exists()


def test_many_charges_take_bounded_time_memory_and_queries():
    count = 50_000
    lines = (f"2026-{n % 9 + 1:02}-{n % 28 + 1:02},Vendor {n % 500},{n % 997}.50,T-{n}\n"
             for n in range(count))  # fmt: skip
    content = ("day,vendor,amount,id\n" + "".join(lines)).encode()
    brought = Brought.of("charges", "many.csv", content)
    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with CaptureQueriesContext(connection) as queries:
        entered = bringing.bring(brought, by="admin@corp.example")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert Charge.objects.count() == entered.counts["new"] == count
    assert len(queries) < count / 10
    assert grown < 250 * 1024
    assert time.monotonic() - began < 180
    undoing.undo(entered, by="admin@corp.example")
    assert not Charge.objects.exists()
