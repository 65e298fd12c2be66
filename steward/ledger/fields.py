"""Fields that the company makes for its applications, and what may be entered in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from steward.inventory.application import Application, CustomField
from steward.inventory.problems import Conflict, refuse
from steward.ledger import trail
from steward.ledger.persons import Unknown, person_of
from steward.sdk.fields import FieldError

KIND, MOST = "field", 50
LONGEST_TEXT, LONGEST_CHOICE, MOST_CHOICES = 2_000, 100, 100
# Beyond this a number in JSON is not exact any more.
LARGEST_NUMBER = 10**15


@transaction.atomic
def add_field(name: str, type: str, choices: list[str] | None = None, *, by: str) -> CustomField:
    values: dict[str, Any] = {"name": name.strip(), "type": type}
    values["choices"] = _tidy(choices or []) if type == CustomField.CHOICE else []
    refuse(_wrong(values))
    if CustomField.objects.count() >= MOST:
        raise Conflict(f"There are {MOST} fields already. Remove one first.", "too_many")
    last = CustomField.objects.order_by("-position").values_list("position", flat=True).first()
    values["position"] = 0 if last is None else last + 1
    made: CustomField = trail.make(KIND, CustomField, values, by=by)
    return made


@transaction.atomic
def change_field(field: CustomField, values: Mapping[str, Any], *, by: str) -> bool:
    """Of `name`, `choices` and `position`. What kind of field it is stays, as values are there."""
    now = {"name": field.name, "type": field.type, "choices": field.choices}
    given = {name: value for name, value in values.items() if value is not None}
    if "name" in given:
        given["name"] = given["name"].strip()
    if "choices" in given:
        given["choices"] = _tidy(given["choices"])
    refuse(_wrong({**now, **given}, field))
    _refuse_taking_away(field, given.get("choices", field.choices))
    return trail.change(KIND, field, given, by=by)


@transaction.atomic
def remove_field(field: CustomField, *, by: str) -> None:
    """With what was entered in it; the trail keeps it."""
    for row in _with_value(field):
        rest = {key: value for key, value in row.custom.items() if key != str(field.pk)}
        trail.change("application", row, {"custom": rest}, by=by)
    trail.remove(KIND, field, by=by)


def values_in(field: CustomField) -> int:
    return len(_with_value(field))


def _with_value(field: CustomField) -> list[Application]:
    rows = Application.objects.exclude(custom={}).order_by("pk")
    return [row for row in rows if str(field.pk) in row.custom]


def _refuse_taking_away(field: CustomField, choices: list[str]) -> None:
    used = {row.custom[str(field.pk)] for row in _with_value(field)}
    lost = sorted(used - {*choices}) if field.type == CustomField.CHOICE else []
    if lost:
        raise Conflict(
            f"“{lost[0]}” is chosen for an application. Choose something else there first.",
            "in_use",
        )


def _tidy(choices: list[str]) -> list[str]:
    return list(dict.fromkeys(text for choice in choices if (text := choice.strip())))


def _wrong(values: Mapping[str, Any], field: CustomField | None = None) -> list[FieldError]:
    errors = []
    name, others = values["name"], CustomField.objects.exclude(pk=field.pk if field else None)
    if not name or len(name) > 100 or not name.isprintable() or ":" in name:
        errors.append(FieldError("name", "Enter a name of at most 100 letters, without a colon."))
    elif others.filter(name__iexact=name).exists():
        errors.append(FieldError("name", "There is a field of that name already."))
    if values["type"] not in dict(CustomField.TYPES):
        errors.append(
            FieldError("type", f"It must be one of: {', '.join(dict(CustomField.TYPES))}.")
        )
    elif values["type"] == CustomField.CHOICE:
        errors += _wrong_choices(values["choices"])
    return errors


def _wrong_choices(choices: list[str]) -> list[FieldError]:
    if not choices:
        return [FieldError("choices", "Enter what there is to choose from, one a line.")]
    if len(choices) > MOST_CHOICES or any(len(choice) > LONGEST_CHOICE for choice in choices):
        says = f"At most {MOST_CHOICES} choices of {LONGEST_CHOICE} letters each."
        return [FieldError("choices", says)]
    return []


class Wrong(Exception):
    pass


def cleaned(
    given: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """What `Application.custom` becomes where these are entered, by name. Nothing takes away."""
    fields = {field.name: field for field in CustomField.objects.all()}
    custom, errors = dict(now), []
    for name, value in given.items():
        field = fields.get(name)
        try:
            kept = _clean(field, value)
        except (Wrong, Unknown) as wrong:
            errors.append(FieldError(f"fields.{name}", str(wrong)))
            continue
        if field is not None:
            custom[str(field.pk)] = kept
    return {key: value for key, value in custom.items() if value is not None}, errors


def _clean(field: CustomField | None, value: Any) -> Any:
    if field is None:
        raise Wrong("There is no such field. See Settings, Fields.")
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "":
        return None
    return _CLEAN[field.type](field, text)


def _text(field: CustomField, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\x00" in value:
        raise Wrong(f"This must be text of at most {LONGEST_TEXT} letters.")
    return value


def _number(field: CustomField, value: Any) -> int | float:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        raise Wrong("This must be a number, as 12 or 12.5.")
    return int(number) if number == int(number) else float(number)


def _date(field: CustomField, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Wrong("This must be a day, as 2026-11-30.") from None


def _choice(field: CustomField, value: Any) -> str:
    if value not in field.choices:
        raise Wrong(f"This must be one of: {', '.join(field.choices)}.")
    return str(value)


def _person(field: CustomField, value: Any) -> int | None:
    person = person_of(value)
    return person.pk if person else None


_CLEAN: dict[str, Callable[[CustomField, Any], Any]] = {
    CustomField.TEXT: _text,
    CustomField.NUMBER: _number,
    CustomField.DATE: _date,
    CustomField.CHOICE: _choice,
    CustomField.PERSON: _person,
}
