"""What an integration asks of the admin: settings, ways to sign in, and permissions.

Forms, command line flags, API fields and censoring are all drawn from these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

FieldKind: TypeAlias = Literal["text", "url", "textarea", "number", "bool", "choice", "file"]


@dataclass(frozen=True)
class Field:
    """`pattern` is a regular expression for the whole value and `pattern_hint` the sentence that
    is shown when it does not match. A secret is stored encrypted and never shown again."""

    name: str
    label: str
    help: str = ""
    kind: FieldKind = "text"
    required: bool = True
    secret: bool = False
    default: Any = None
    choices: tuple[tuple[str, str], ...] = ()
    placeholder: str = ""
    pattern: str = ""
    pattern_hint: str = ""


@dataclass(frozen=True)
class Scope:
    """A permission the credential needs, by the app's own name. `streams` are those that do not
    work without it; `required` ones make the whole instance useless when missing."""

    name: str
    why: str
    streams: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class AuthOption:
    """One way to connect, such as an API token or an OAuth app."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True)
class FieldError:
    field: str
    message: str


def clean(
    fields: tuple[Field, ...], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values of the known fields, tidied and typed, and what is wrong with the rest."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for field in fields:
        try:
            values[field.name] = _clean_one(field, given.get(field.name))
        except ValueError as problem:
            errors.append(FieldError(field.name, str(problem)))
    known = {field.name for field in fields}
    names = ", ".join(sorted(known)) or "none"
    errors += [
        FieldError(name, f"There is no field “{name}” here. The fields are: {names}.")
        for name in given
        if name not in known
    ]
    return values, errors


def _clean_one(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = value if field.kind in ("textarea", "file") else value.strip()
    if value is None or value == "":
        if field.required and field.default is None:
            raise ValueError(f"{field.label} is needed.")
        return field.default
    return _CLEANERS[field.kind](field, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{field.label} must be text.")
    if "\x00" in value:
        raise ValueError(f"{field.label} contains a character that cannot be stored.")
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise ValueError(field.pattern_hint or f"{field.label} does not have the right form.")
    return value


def _url(field: Field, value: Any) -> str:
    text = _text(field, value).rstrip("/")
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ValueError(
            f"{field.label} must be a web address such as https://example.com, "
            "without a user name, query or fragment."
        )
    return text


def _number(field: Field, value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise ValueError(f"{field.label} must be a whole number.") from None


def _bool(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off"):
        return False
    raise ValueError(f"{field.label} must be true or false.")


def _choice(field: Field, value: Any) -> str:
    allowed = [name for name, _ in field.choices]
    if value not in allowed:
        raise ValueError(f"{field.label} must be one of: {', '.join(allowed)}.")
    return str(value)


_CLEANERS = {
    "text": _text,
    "textarea": _text,
    "file": _text,
    "url": _url,
    "number": _number,
    "bool": _bool,
    "choice": _choice,
}
