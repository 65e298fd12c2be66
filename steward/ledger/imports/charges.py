"""Charges: what was paid to whom, from a card statement, a ledger or an expense tool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.imports import Import, ImportedRow
from steward.ledger.charges import ChargeIn, enter, withdraw
from steward.ledger.imports.fields import Field
from steward.ledger.imports.found import fill_people
from steward.ledger.imports.kind import Kind
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import ERROR, NEW


class Charges(Kind):
    slug, name = "charges", "Charges"
    about = (
        "A row is a payment; a refund is less than zero. Nothing recognises it, so a file is taken "
        "once. Its application is found by the vendor's name where no column says it."
    )
    once = True

    @classmethod
    def fields(cls) -> list[Field]:
        return _FIELDS

    def plan(self, rows: Sequence[Row]) -> None:
        fill_people(rows, "person")
        self.applications.fill(rows)
        usual = Company.get().currency
        for row in rows:
            row.values.setdefault("currency", usual)
            row.name = f"{row.values['vendor']}, {row.values['day']}"[:300]
            own = row.values.get("external_id")
            if own and not row.errors:
                self.is_first(row, own)

    def judge(self, rows: Iterable[Row]) -> None:
        for row in rows:
            row.verdict = ERROR if row.errors else NEW

    def write(self, rows: Sequence[Row], entered: Import, by: str) -> None:
        made = enter([_charge(row) for row in rows], entered=entered)
        ImportedRow.objects.bulk_create(
            [
                ImportedRow(
                    imported=entered, line=row.line, model="charge", object=c.pk, name=row.name
                )
                for row, c in zip(rows, made, strict=True)
            ],
            batch_size=500,
        )

    def take_back(self, entered: Import, by: str) -> int:
        """All of them, whatever was said of them since."""
        return withdraw(Charge.objects.filter(entered=entered))


def _charge(row: Row) -> ChargeIn:
    names = ("day", "amount", "currency", "vendor", "description", "external_id", "department")
    texts = {name: row.values[name] for name in names if row.values.get(name) is not None}
    return ChargeIn(
        **texts, person=row.values.get("person"), application=row.values.get("application")
    )


_FIELDS = [
    Field(
        "day",
        "Date",
        "day",
        """transactiondate paymentdate postingdate posteddate bookingdate invoicedate chargedate
        datum buchungstag buchungsdatum belegdatum zahlungsdatum valuta dateoperation datepaiement
        fecha fechadepago data datavaluta 日付""",
        required=True,
        example="2026-11-02",
    ),
    Field(
        "amount",
        "Amount",
        "money",
        """total totalamount charge cost paid price sum debit amountpaid betrag summe umsatz
        bruttobetrag montant importe monto importo valor bedrag belopp kwota 金額""",
        required=True,
        currency="currency",
        example="1,234.50",
        help="A refund is less than zero.",
    ),
    Field(
        "currency",
        "Currency",
        "currency",
        "currencycode curr wahrung waehrung devise moneda divisa valuta moeda 通貨",
        example="EUR",
        help="Where no column says it: that of the amount's heading, or the company's.",
    ),
    Field(
        "vendor",
        "Vendor",
        "text",
        """merchant merchantname supplier payee vendorname suppliername beneficiary company
        lieferant handler handlername empfanger zahlungsempfanger kreditor anbieter fournisseur
        marchand beneficiaire proveedor comercio fornitore leverancier dostawca""",
        required=True,
        example="FIGMA INC",
    ),
    Field(
        "description",
        "Description",
        "text",
        """memo details note purpose reference text verwendungszweck buchungstext beschreibung
        libelle descripcion concepto descrizione causale omschrijving""",
        longest=500,
    ),
    Field(
        "external_id",
        "Number",
        "text",
        """id transactionid externalid invoicenumber invoiceno documentnumber referencenumber
        belegnummer rechnungsnummer transaktionsnummer numerofacture numerofactura""",
        example="INV-1001",
        help="The payment's own number in the ledger or statement.",
    ),
    Field(
        "person",
        "Person",
        "address",
        """cardholder cardholderemail employee employeeemail email user purchaser buyer
        karteninhaber mitarbeiter titulaire""",
        help="By e-mail address.",
    ),
    Field(
        "department",
        "Department",
        "text",
        "team costcenter costcentre glaccount abteilung kostenstelle service departamento",
        example="Design",
    ),
    Field(
        "application",
        "Application",
        "text",
        "app applicationname software product anwendung logiciel aplicacion",
        help="By name. Where no column says it, it is found by the vendor.",
    ),
]
