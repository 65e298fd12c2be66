"""Contracts with vendors: their term, notice, value and owner."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.db.models import Q

from steward.inventory.contract import Contract
from steward.ledger.contract_rules import wrong_in
from steward.ledger.imports.fields import Field
from steward.ledger.imports.found import fill_people
from steward.ledger.imports.kind import Kind, said
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work

_NAMES = (
    "vendor",
    "name",
    "reference",
    "application",
    "starts_on",
    "ends_on",
    "notice_on",
    "auto_renews",
    "renews_for_months",
    "value",
    "currency",
    "owner",
    "notes",
)


class Contracts(Kind):
    slug, name = "contracts", "Contracts"
    about = (
        "A row is a contract, recognised by its reference, or else by vendor and name. An empty "
        "cell leaves what is there."
    )

    @classmethod
    def fields(cls) -> list[Field]:
        return _FIELDS

    def plan(self, rows: Sequence[Row]) -> None:
        fill_people(rows, "owner")
        self.applications.fill(rows)
        known = _Known(rows)
        for row in rows:
            values = row.values
            row.name = values.get("name") or _named(values)
            old = known.find(row)
            if not old:
                values["name"] = row.name
            if values.get("value") is None:
                values.pop("currency", None)
            _check(row, old)
            if self.is_first(row, old.pk if old else known.key(row)):
                row.works = [Work("contract", Contract, old, said(row, _NAMES))]


def _named(values: dict[str, Any]) -> str:
    return str(getattr(values.get("application"), "name", "") or values["vendor"])


class _Known:
    """Contracts that rows may be of, read at once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        references = {r.values["reference"] for r in rows if r.values.get("reference")}
        vendors = {row.values["vendor"] for row in rows}
        asked = Q(reference__in=references) | Q(vendor__in=vendors)
        found = list(Contract.objects.filter(asked).order_by("-pk"))
        self._by_reference = {c.reference: c for c in found if c.reference}
        self._by_name = {(c.vendor.casefold(), c.name.casefold()): c for c in found}

    def find(self, row: Row) -> Contract | None:
        """A reference that is known decides; one that is not makes another contract, unless the
        one of that name has none yet."""
        reference = row.values.get("reference")
        if reference in self._by_reference:
            return self._by_reference[reference]
        named = self._by_name.get((row.values["vendor"].casefold(), row.name.casefold()))
        return None if named and reference and named.reference else named

    def key(self, row: Row) -> Any:
        names = (row.values["vendor"].casefold(), row.name.casefold())
        return row.values.get("reference") or names


def _check(row: Row, old: Contract | None) -> None:
    """With what is there already."""
    now = copy(old) if old else Contract()
    for name, value in said(row, _NAMES).items():
        setattr(now, name, value)
    for wrong in wrong_in(now):
        row.refuse(wrong.field, wrong.message)


_FIELDS = [
    Field(
        "vendor",
        "Vendor",
        "text",
        """supplier vendorname suppliername partner company provider lieferant anbieter
        vertragspartner fournisseur proveedor fornitore leverancier""",
        required=True,
        example="Figma, Inc.",
    ),
    Field(
        "name",
        "Contract",
        "text",
        """contractname title name agreement contracttitle vertrag vertragsname bezeichnung contrat
        contrato contratto""",
        example="Figma Enterprise",
        help="Empty means that of the application, or of the vendor.",
    ),
    Field(
        "reference",
        "Reference",
        "text",
        """contractnumber contractno contractid number id po ponumber purchaseorder referenz
        vertragsnummer nummer numero referencia riferimento""",
        longest=100,
        example="C-2026-17",
    ),
    Field(
        "application",
        "Application",
        "text",
        "app applicationname software product anwendung logiciel aplicacion",
        example="Figma",
    ),
    Field(
        "starts_on",
        "Starts on",
        "day",
        """start startdate begin begins from effectivedate termstart beginn vertragsbeginn
        laufzeitbeginn debut datedebut inicio fechainicio inizio""",
        example="2026-01-01",
    ),
    Field(
        "ends_on",
        "Ends on",
        "day",
        """end enddate ends until expiry expirydate expirationdate expires termend renewaldate
        ende vertragsende laufzeitende ablauf fin datefin fechafin vencimiento fine scadenza""",
        example="2026-12-31",
        help="The last day of the term.",
    ),
    Field(
        "notice_on",
        "Notice by",
        "day",
        """noticedate notice noticedeadline cancelby cancellationdate kundigungsfrist kundbarbis
        kundigungbis preavis preaviso disdetta""",
        example="2026-09-30",
    ),
    Field(
        "auto_renews",
        "Renews by itself",
        "yes",
        """autorenew autorenewal autorenews renews automaticrenewal verlangerung
        automatischeverlangerung reconductiontacite renovacionautomatica rinnovoautomatico""",
        example="yes",
    ),
    Field(
        "renews_for_months",
        "Renews for months",
        "whole",
        "renewalterm renewalmonths renewsfor verlangerungmonate",
        least=1,
        most=120,
        example="12",
    ),
    Field(
        "value",
        "Value",
        "money",
        """contractvalue totalvalue tcv amount total cost price wert vertragswert gesamtwert betrag
        montant valeur importe valor importo valore""",
        currency="currency",
        example="18,000.00",
        help="What the whole term costs.",
    ),
    Field(
        "currency",
        "Currency",
        "currency",
        "currencycode curr wahrung waehrung devise moneda divisa valuta moeda",
        example="EUR",
    ),
    Field(
        "owner",
        "Owner",
        "address",
        """owneremail contractowner responsible manager verantwortlicher verantwortlich besitzer
        responsable propietario responsabile""",
        example="ann@corp.example",
        help="By e-mail address.",
    ),
    Field(
        "notes",
        "Notes",
        "text",
        "note comment comments description bemerkung notizen remarques notas",
        longest=20_000,
    ),
]
