"""Licences: how many seats were bought, and what a seat costs from which day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from steward.inventory.application import Application
from steward.inventory.holdings import License
from steward.inventory.instance import Book, Instance
from steward.inventory.licence import LicencePrice, LicenceType
from steward.ledger.imports.fields import Field
from steward.ledger.imports.kind import Kind, said
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work


class Licences(Kind):
    slug, name = "licenses", "Licences"
    about = (
        "A row is a kind of paid seat of an application, recognised by application and name. "
        "Several rows of one licence give its price from several days on."
    )

    def __init__(self, file_name: str = "") -> None:
        super().__init__(file_name)
        self._works: dict[tuple[int, str], Work] = {}

    @classmethod
    def fields(cls) -> list[Field]:
        return _FIELDS

    def plan(self, rows: Sequence[Row]) -> None:
        self.applications.fill(rows)
        for row in rows:
            application = row.values.get("application")
            if isinstance(application, Application):
                row.name = f"{application} · {row.values['name']}"
                self._plan(row, application)

    def _plan(self, row: Row, application: Application) -> None:
        priced = row.values.get("price") is not None
        since = row.values.get("since") or datetime.now(UTC).date()
        licence = self._licence(row, application)
        if not self.is_first(row, (id(licence), since if priced else None)):
            return
        row.works = [licence]
        if priced:
            row.works.append(_price(row, licence, since))

    def _licence(self, row: Row, application: Application) -> Work:
        """One for all rows of the same licence; the last word on how many were bought counts."""
        old = _known(application, row.values["name"])
        key = old.key if old else _key_of(row, application)
        of = (application.pk, key)
        if of not in self._works:
            values = {} if old else {"application": application, "key": key}
            if not old or old.is_by_hand:
                values |= {"name": row.values["name"], **_counting(row, key if not old else "")}
            self._works[of] = Work("licence", LicenceType, old, values)
        self._works[of].values.update(said(row, ("bought",)))
        return self._works[of]


def _known(application: Application, name: str) -> LicenceType | None:
    rows = LicenceType.objects.filter(application=application)
    found: LicenceType | None = rows.filter(key=name).first()
    return found or rows.filter(name__iexact=name).order_by("pk").first()


def _key_of(row: Row, application: Application) -> str:
    """The app's own id where it is read from the app under this name."""
    name, role = row.values["name"], row.values.get("role")
    read = License.objects.present().filter(instance__application=application)
    found = read.filter(external_id=name).first() or read.filter(name__iexact=name).first()
    if found:
        return str(found.external_id)
    if role:
        return LicenceType.hand_key(LicenceType.ROLE, role=role)
    alone = not LicenceType.objects.filter(application=application).exists() and not read.exists()
    if alone and _tells_seats(application):
        return LicenceType.UNNAMED
    return LicenceType.hand_key(LicenceType.UNKNOWN, name)


def _tells_seats(application: Application) -> bool:
    books = Instance.objects.present().filter(application=application).values("book")
    return bool(Book.objects.filter(pk__in=books, tells_seats=True).exists())


def _counting(row: Row, key: str) -> dict[str, Any]:
    """Who holds a seat: those of a role, or whoever the app says, or nobody can tell."""
    if role := row.values.get("role"):
        return {"counted": LicenceType.ROLE, "role": role}
    if not key:
        return {}
    hand = key.startswith(LicenceType.BY_HAND) and key != LicenceType.UNNAMED
    return {"counted": LicenceType.UNKNOWN if hand else LicenceType.SEATS}


def _price(row: Row, licence: Work, since: Any) -> Work:
    old = None
    if licence.row is not None:
        old = LicencePrice.objects.filter(licence=licence.row, since=since).first()
    values = {"amount": row.values["price"], **said(row, ("currency",))}
    if months := row.values.get("months"):
        values["months"] = int(months)
    if old is None:
        values = {"licence": licence, "since": since, **values}
    return Work("price", LicencePrice, old, values)


_FIELDS = [
    Field(
        "application",
        "Application",
        "text",
        "app appname applicationname software tool product anwendung logiciel aplicacion",
        required=True,
        example="Figma",
    ),
    Field(
        "name",
        "Licence",
        "text",
        """license licencename licensename licensetype licencetype plan sku edition tier key lizenz
        lizenzname lizenztyp licencia licenza licentie tarif""",
        required=True,
        example="Professional",
        help="Its name, or the app's own id of it.",
    ),
    Field(
        "bought",
        "Seats bought",
        "whole",
        """quantity qty seats purchased licenses licences users count total anzahl menge platze
        gekauft lizenzen quantite cantidad quantita aantal""",
        most=100_000_000,
        example="120",
    ),
    Field(
        "price",
        "Price of a seat",
        "money",
        """price unitprice priceperseat priceperuser cost costperuser costperseat amount preis
        einzelpreis stuckpreis prix prixunitaire precio prezzo prijs""",
        currency="currency",
        example="12.50",
    ),
    Field(
        "currency",
        "Currency",
        "currency",
        "currencycode curr wahrung waehrung devise moneda divisa valuta moeda",
        example="EUR",
    ),
    Field(
        "months",
        "Period",
        "choice",
        "billing billingperiod billingcycle interval term abrechnung zeitraum periode periodo",
        choices=(
            ("1", "month monthly permonth monatlich monat mensuel mois mensual mensile maand"),
            ("3", "quarter quarterly quartal vierteljahrlich trimestriel trimestral"),
            ("6", "halfyear halfyearly semiannual halbjahrlich semestriel"),
            ("12", "year yearly annual annually peryear jahrlich jahr annuel anual annuale jaar"),
            ("24", "2years biennial zweijahrlich"),
            ("36", "3years triennial dreijahrlich"),
        ),
        example="yearly",
        help="Monthly, yearly, or a number of months: 1, 3, 6, 12, 24, 36. Empty means monthly.",
    ),
    Field(
        "since",
        "Price from",
        "day",
        "since from validfrom startdate effective effectivedate start gultigab ab depuis desde dal",
        example="2026-01-01",
        help="Empty means today.",
    ),
    Field("role", "Role", "text", "accountrole rolle", longest=200,
          help="Whoever has this role in the app holds a seat."),
]  # fmt: skip
