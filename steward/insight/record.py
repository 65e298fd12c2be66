"""What people have entered of applications: owners, category, approval, fields of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from steward.insight.facts import Facts
from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory.application import Application, CustomField
from steward.inventory.person import Person


class Custom:
    """The values of some applications, with the people among them."""

    def __init__(self, fields: Sequence[CustomField], rows: Iterable[Any]) -> None:
        self.fields = fields
        people = [str(f.pk) for f in fields if f.type == CustomField.PERSON]
        numbers = {row.custom[key] for row in rows for key in people if row.custom.get(key)}
        self._people = Person.objects.in_bulk(list(numbers))

    def of(self, row: Any) -> list[tuple[CustomField, Any]]:
        """Every field, with None where nothing was entered."""
        return [(field, self._value(field, row.custom.get(str(field.pk)))) for field in self.fields]

    def _value(self, field: CustomField, value: Any) -> Any:
        if field.type != CustomField.PERSON or value is None:
            return value
        person = self._people.get(value)
        return person.now() if person else None


def custom_fields() -> list[CustomField]:
    return list(CustomField.objects.order_by("position", "pk"))


def facts_of_field(field: CustomField, values: int) -> Facts:
    """`values` is in how many applications something is entered."""
    return {
        "id": field.pk,
        "name": field.name,
        "type": field.type,
        "choices": field.choices,
        "position": field.position,
        "values": values,
    }


def facts_of_all(applications: Iterable[Any]) -> list[Facts]:
    """Of rows with their owners joined; whom the fields name is read in one go."""
    rows, fields = list(applications), custom_fields()
    custom = Custom(fields, rows)
    return [_facts_of(row, custom) for row in rows]


def _facts_of(row: Any, custom: Custom) -> Facts:
    return {
        "category": row.category,
        "owner": row.owner,
        "business_owner": person_facts(row.business_owner),
        "technical_owner": person_facts(row.technical_owner),
        "status": row.status,
        "criticality": row.criticality,
        "notes": row.notes,
        "tags": row.tags,
        "inactive_after": row.inactive_after,
        "allocation": row.allocation,
        "shares": row.shares,
        "fields": {
            field.name: person_facts(value) if isinstance(value, Person) else value
            for field, value in custom.of(row)
        },
    }


def person_facts(person: Person | None) -> Facts | None:
    """Who it is by now. `has_left` where the directory has let them go."""
    if person is None:
        return None
    now = person.now() if person.merged_into_id else person
    return {"id": now.pk, "name": str(now), "email": now.email, "has_left": has_left(now)}


def has_left(person: Person) -> bool:
    return bool(person.told_standing == Person.LEFT)


def owners_named() -> dict[str, Any]:
    """Annotations for lists: who owns it, in words; the old text where it is no known person."""
    return {
        "business_owner_name": Coalesce(
            _called("business_owner"), NullIf(F("owner"), Value("")), Value("")
        ),
        "technical_owner_name": Coalesce(_called("technical_owner"), Value("")),
        "owner_left": Subquery(
            Person.objects.filter(
                Q(pk=OuterRef("business_owner")) | Q(pk=OuterRef("technical_owner")),
                told_standing=Person.LEFT,
            ).values("name")[:1]
        ),
    }


def _called(owner: str) -> Any:
    return Coalesce(NullIf(F(f"{owner}__name"), Value("")), NullIf(F(f"{owner}__email"), Value("")))


def categories() -> list[str]:
    """Those in use, to choose from."""
    rows = Application.objects.exclude(category="").order_by("category")
    return list(rows.values_list("category", flat=True).distinct())


def tags() -> list[str]:
    rows = Application.objects.exclude(tags=[]).values_list("tags", flat=True)
    return sorted({tag for found in rows for tag in found}, key=str.casefold)


def departments() -> list[str]:
    """Remembered, as it takes reading everybody."""
    return list(remembered(("departments",), _departments, Minds.FIGURES))


def _departments() -> list[str]:
    rows = Person.objects.filter(told_accounts__gt=0, attributes__department__isnull=False)
    found = rows.order_by().values_list("attributes__department", flat=True).distinct()
    return sorted({name for name in found if isinstance(name, str) and name})
