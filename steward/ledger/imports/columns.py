"""Which column of a file is which field: remembered, guessed by its heading, or said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from steward.inventory.imports import ImportMapping
from steward.inventory.money import is_currency
from steward.inventory.problems import Invalid
from steward.ledger.imports.fields import Field
from steward.sdk.fields import FieldError
from steward.sdk.sheets.numbers import currency_in
from steward.sdk.sheets.words import plain

# What is not imported.
NOTHING = ""
_IN_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]\s*")


def named(header: Sequence[str]) -> list[str]:
    """Headings that are not there or stand twice get a name of their own."""
    found: dict[str, int] = {}
    return [_once(cell.strip()[:100] or f"Column {n}", found) for n, cell in enumerate(header, 1)]


def _once(name: str, found: dict[str, int]) -> str:
    found[name] = found.get(name, 0) + 1
    return name if found[name] == 1 else _once(f"{name} ({found[name]})", found)


def headings_of(fields: Sequence[Field]) -> frozenset[str]:
    return frozenset(heading for field in fields for heading in field.known_as())


def key_of(headings: Sequence[str]) -> str:
    """The same for files with the same columns, in whatever order and capitals."""
    return hashlib.sha256("\n".join(sorted(map(plain, headings))).encode()).hexdigest()


def remembered(kind: str, headings: Sequence[str]) -> ImportMapping | None:
    found: ImportMapping | None = ImportMapping.objects.filter(
        kind=kind, columns=key_of(headings)
    ).first()
    return found


def remember(
    kind: str, headings: Sequence[str], mapping: Mapping[str, str], options: Mapping[str, str]
) -> None:
    """Only the options that are about the file."""
    kept = {"mapping": dict(mapping), "options": dict(options)}
    ImportMapping.objects.update_or_create(kind=kind, columns=key_of(headings), defaults=kept)


def guessed(fields: Sequence[Field], headings: Sequence[str]) -> dict[str, str]:
    """The field of each column. Headings are compared whole first, then without what stands in
    brackets or is a currency: “Amount (EUR)”."""
    found = dict.fromkeys(headings, NOTHING)
    for spelled in (plain, _without_brackets):
        for field in fields:
            places = {spelled(heading): heading for heading in reversed(headings)}
            taken = field.name in found.values()
            usual = (places.get(known) for known in field.known_as() if not taken)
            heading = next((h for h in usual if h and not found[h]), None)
            if heading:
                found[heading] = field.name
    return found


def _without_brackets(heading: str) -> str:
    bare = _IN_BRACKETS.sub(" ", heading)
    return plain(" ".join(word for word in bare.split() if not is_currency(word)))


def currency_of(heading: str) -> str:
    """The currency that a heading names; "" where it names none."""
    code = next((word for word in re.findall(r"\b[A-Z]{3}\b", heading) if is_currency(word)), "")
    return code or (found if is_currency(found := currency_in(heading)) else "")


def checked(
    fields: Sequence[Field], headings: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, int]:
    """The place of each field's column. Invalid where a column or field is not known, a field is
    given twice, or one that is needed not at all."""
    known = {field.name: field for field in fields}
    errors = [*_unknown(known, headings, mapping), *_twice(known, mapping)]
    given = {field for field in mapping.values() if field}
    errors += [
        FieldError("mapping", f"Say which column is the {field.label.lower()}.")
        for field in fields
        if field.required and field.name not in given
    ]
    if errors:
        raise Invalid(errors)
    return {field: headings.index(heading) for heading, field in mapping.items() if field}


def _unknown(
    known: Mapping[str, Field], headings: Sequence[str], mapping: Mapping[str, str]
) -> list[FieldError]:
    columns = ", ".join(f"“{heading}”" for heading in headings[:40])
    errors = [
        FieldError("mapping", f"There is no column “{heading}”. The columns are: {columns}.")
        for heading in mapping
        if heading not in headings
    ]
    return errors + [
        FieldError("mapping", f"There is no field “{field}”. The fields are: {', '.join(known)}.")
        for field in mapping.values()
        if field and field not in known
    ]


def _twice(known: Mapping[str, Field], mapping: Mapping[str, str]) -> list[FieldError]:
    given = [field for field in mapping.values() if field]
    return [
        FieldError("mapping", f"Two columns are the {known[field].label.lower()}; choose one.")
        for field in dict.fromkeys(given)
        if field in known and given.count(field) > 1
    ]
