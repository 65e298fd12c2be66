"""What directories say of people, under the field's names, and whom they are asked by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from steward.insight.facts import moment_text
from steward.inventory import directory
from steward.inventory.company import Company
from steward.inventory.imports import Import
from steward.inventory.instance import Instance
from steward.inventory.person import Describing, Person
from steward.inventory.staff import Staff

DESCRIBED = (
    ("department", "Department"),
    ("location", "Location"),
    ("manager", "Manager"),
    ("employment_type", "Employment"),
)


def described() -> dict[str, Any]:
    """Annotations of a person. A manager who is known is called as Steward calls them."""
    return {
        "department": KT("attributes__department"),
        "title": KT("attributes__title"),
        "location": KT("attributes__location"),
        "employment_type": KT("attributes__employment_type"),
        "manager_name": Coalesce(
            F("manager__name"), KT("attributes__manager"), output_field=TextField()
        ),
    }


def described_as(people: Any, asked: Any) -> Any:
    """Those whose department, location, manager and employment hold the texts asked for."""
    for name, _ in DESCRIBED:
        if text := asked[name]:
            found = Q(**{f"attributes__{name}__icontains": text})
            known = Q(manager__name__icontains=text) if name == "manager" else Q()
            people = people.filter(found | known)
    return people


def attributes_of(person: Person) -> list[tuple[str, Any]]:
    """The usual ones first."""
    said: Mapping[str, Any] = person.attributes
    usual = [(name, said[name]) for name in Person.STANDARD if name in said]
    return usual + [(name, value) for name, value in said.items() if name not in Person.STANDARD]


def choice() -> dict[str, Any]:
    """Who may be believed about who works here, and who is. `describing` is true while people are
    described anew after the choice has changed."""
    rows = list(Instance.objects.present().order_by("name"))
    return {
        "chosen": [i.pk for i in rows if i.says_who_works],
        "describing": Describing.objects.exists(),
        "people_list": _people_list(),
        "instances": [
            {
                "id": i.pk,
                "name": i.name,
                "integration": i.integration,
                "directory": directory.is_directory(i.integration),
                "decides": _decides(i, rows),
            }
            for i in rows
        ],
    }


def _people_list() -> dict[str, Any]:
    """Of the imported one: how many are on it, and whether it goes before the instances."""
    last = Import.objects.filter(kind="people", undone_at=None).order_by("-pk").first()
    return {
        "people": Staff.objects.count(),
        "believed": Company.get().people_list_believed,
        "imported_at": moment_text(last.at) if last else None,
    }


def _decides(instance: Instance, rows: list[Instance]) -> bool:
    if any(row.says_who_works for row in rows):
        return instance.says_who_works
    return directory.is_directory(instance.integration)
