"""Applications: who owns them, what they are for, and the fields the company has made itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from steward.inventory.application import Application, CustomField
from steward.inventory.naming import key_of, known_names, plain
from steward.inventory.person import Person
from steward.ledger.imports.fields import Field
from steward.ledger.imports.found import fill_people
from steward.ledger.imports.kind import Kind, said
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work

_OWN = "custom."
_NAMES = (
    "category",
    "business_owner",
    "technical_owner",
    "status",
    "criticality",
    "tags",
    "notes",
    "inactive_after",
)


class Applications(Kind):
    slug, name = "applications", "Applications"
    about = (
        "A row is an application, recognised by its name. One that is not known yet is made; an "
        "empty cell leaves what is there."
    )

    @classmethod
    def fields(cls) -> list[Field]:
        return [*_FIELDS, *(_own(field) for field in CustomField.objects.order_by("position"))]

    def plan(self, rows: Sequence[Row]) -> None:
        own_people = [
            f"{_OWN}{pk}"
            for pk in CustomField.objects.filter(type=CustomField.PERSON).values_list(
                "pk", flat=True
            )
        ]
        fill_people(rows, "business_owner", "technical_owner", *own_people)
        for row in rows:
            row.name = row.values["name"]
            old = self.applications.find(row.name)
            if self.is_first(row, old.pk if old else plain(row.name)):
                row.works = [Work("application", Application, old, _values(row, old))]


def _values(row: Row, old: Application | None) -> dict[str, Any]:
    values = said(row, _NAMES)
    own = {n.removeprefix(_OWN): v for n, v in row.values.items() if n.startswith(_OWN)}
    if own:
        before = old.custom if old else {}
        values["custom"] = {**before, **{number: _kept(v) for number, v in own.items()}}
    return values if old else {**_new(row.name), **values}


def _new(name: str) -> dict[str, Any]:
    """Under the key by which it would be made if it were connected or seen."""
    connector = known_names().get(plain(name))
    made = {"name": name, "key": key_of(name)}
    if connector:
        made |= {"integration": connector.slug, "category": connector.category}
    return made


def _kept(value: Any) -> Any:
    """As `Application.custom` holds it: people by their number, numbers and days as text."""
    if isinstance(value, Person):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


_KINDS: dict[str, Any] = {
    CustomField.TEXT: "text",
    CustomField.NUMBER: "number",
    CustomField.DATE: "day",
    CustomField.CHOICE: "choice",
    CustomField.PERSON: "address",
}


def _own(field: CustomField) -> Field:
    choices = tuple((str(word), "") for word in field.choices)
    return Field(f"{_OWN}{field.pk}", field.name, _KINDS[field.type], choices=choices)


_FIELDS = [
    Field(
        "name",
        "Application",
        "text",
        """app appname applicationname name software tool product anwendung anwendungsname produkt
        nom logiciel nombre aplicacion nome applicazione applicatie toepassing""",
        required=True,
        example="Figma",
    ),
    Field(
        "business_owner",
        "Business owner",
        "address",
        """owner owneremail businessowneremail appowner responsible besitzer eigentumer
        fachverantwortlicher verantwortlicher proprietaire responsable propietario proprietario
        eigenaar agare""",
        example="ann@corp.example",
        help="By e-mail address.",
    ),
    Field(
        "technical_owner",
        "Technical owner",
        "address",
        """itowner technicalowneremail technicalcontact admin administrator technischerbesitzer
        technischerverantwortlicher responsabletechnique responsabletecnico beheerder""",
        help="By e-mail address.",
    ),
    Field(
        "category",
        "Category",
        "text",
        "type kategorie categorie categoria categorie kategori",
        longest=100,
        example="Design",
    ),
    Field(
        "status",
        "Approval",
        "choice",
        "status approvalstatus approved freigabe statut estado stato genehmigung",
        choices=(
            ("approved", "approved yes sanctioned allowed genehmigt freigegeben approuve aprobado"),
            ("unapproved", "unapproved no denied rejected blocked abgelehnt refuse rechazado"),
            ("unconfirmed", "unconfirmed unknown open pending offen"),
        ),
        example="approved",
    ),
    Field(
        "criticality",
        "Criticality",
        "choice",
        "critical risk importance priority kritikalitat wichtigkeit criticite criticidad",
        choices=(
            ("low", "low niedrig gering faible baja bassa 3"),
            ("medium", "medium moderate mittel moyenne media 2"),
            ("high", "high critical hoch kritisch elevee haute alta 1"),
        ),
        example="high",
    ),
    Field("tags", "Tags", "list", "labels schlagworte etiquettes etiquetas", example="design, web"),
    Field(
        "notes",
        "Notes",
        "text",
        "note comment comments description bemerkung notizen beschreibung remarques notas note",
        longest=10_000,
    ),
    Field(
        "inactive_after",
        "Inactive after days",
        "whole",
        "inactiveafter inactivedays inaktivnach",
        least=1,
        most=3650,
        help="Whoever was not active for so many days counts as inactive.",
    ),
]
