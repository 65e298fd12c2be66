"""What directories say of people, under the field's names, and whom they are asked by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, TextField
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from steward.insight.asking import BadRequest
from steward.insight.facts import moment_text
from steward.inventory import directory
from steward.inventory.company import Company
from steward.inventory.imports import Import
from steward.inventory.instance import Instance
from steward.inventory.person import Describing, Person
from steward.inventory.staff import Staff
from steward.inventory.usage import PersonValue

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
            people = people.filter(_holding(name, text))
    return people


_INDEXED = {"department": "in_department", "location": "in_location"}


def _holding(name: str, text: str) -> Q:
    """The few values there are are looked through first, and then whoever has them found by an
    index, but for values that nobody has told yet."""
    if name in _INDEXED:
        values = [v for v in values_of(name) if text.casefold() in v.casefold()]
        if values:
            return Q(**{f"{_INDEXED[name]}__in": values})
    found = Q(**{f"attributes__{name}__icontains": text})
    return found | Q(manager__name__icontains=text) if name == "manager" else found


GROUPS = ("department", "location", "manager", "employment_type", "cost_centre", "title")


def attribute(name: str) -> str:
    """In the spelling that directories use for it."""
    wanted = name.strip().casefold().replace(" ", "_")
    if len(wanted) > 100 or "\x00" in wanted:
        raise BadRequest("There is no such attribute.")
    known = known_attributes() if wanted else []
    return next((n for n in known if n.casefold() == wanted), wanted)


def known_attributes() -> list[str]:
    """By which people can be compared: the usual ones, and what else directories say."""
    names = PersonValue.objects.order_by("name").values_list("name", flat=True).distinct()
    return [*GROUPS, *(name for name in names if name not in Person.STANDARD)]


def values_of(name: str) -> list[str]:
    """What people may have there, in order."""
    rows = PersonValue.objects.filter(name=name).order_by("value")
    return list(rows.values_list("value", flat=True))


def value_called(name: str, text: str) -> str:
    """As the directory spells it, however it was asked for."""
    wanted = text.strip().casefold()
    if not wanted:
        return ""
    found = next((value for value in values_of(name) if value.casefold() == wanted), None)
    if found is None and "\x00" not in text:
        # What was read a moment ago is not told yet.
        people = Person.objects.annotate(value=grouped_by(name, "")).order_by()
        rows = people.filter(value__iexact=text.strip(), told_accounts__gt=0)
        found = rows.values_list("value", flat=True).first()
    if found is None:
        raise BadRequest(f"There is no {name.replace('_', ' ')} {text.strip()!r}.")
    return str(found)


def grouped_by(name: str, person: str = "person__") -> Any:
    """The value of an attribute of the person of a row."""
    said = KeyTextTransform(name, F(f"{person}attributes"))
    if name != "manager":
        return Cast(said, TextField())
    return Coalesce(F(f"{person}manager__name"), said, output_field=TextField())


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
