"""What an integration asks of the admin: settings, ways to sign in, and permissions.

Forms, command line flags, API fields and censoring are all drawn from these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from steward.sdk.rules import Rule

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
class Consent:
    """The authorization code grant (RFC 6749, 4.1, always with PKCE) of one app, as data.

    Addresses may hold {setting} of the instance. `extra` goes into the authorization request.
    `style` says whether the client's id and secret go into a Basic header or the form. The scopes
    asked for are the option's and those in `also` (offline_access, say), joined by `separator` in
    the parameter `scope_in`. `answer_at` is where a token endpoint keeps what belongs at the top of
    its answer, and `rules` know its errors besides those of RFC 6749. `issuer` is compared with the
    `iss` of the answer where the app sends one (RFC 9207).
    """

    authorize_url: str
    token_url: str
    extra: tuple[tuple[str, str], ...] = ()
    style: Literal["basic", "form"] = "form"
    separator: str = " "
    also: tuple[str, ...] = ()
    scope_in: str = "scope"
    answer_at: str = ""
    rules: tuple[Rule, ...] = ()
    issuer: str = ""


def filled(address: str, settings: Mapping[str, Any]) -> str:
    """An address of a consent with the instance's settings in their places."""
    told = {name: quote(str(value), safe=":/") for name, value in settings.items()}
    return address.format_map(told)


# What every consent asks for besides. Left empty, the operator's client is used.
CLIENT = (
    Field(
        "client_id",
        "Client ID",
        help="Only for an OAuth app of your own for this instance; else the one under Settings, "
        "App clients, is used.",
        required=False,
    ),
    Field("client_secret", "Client secret", help="Of that OAuth app.", required=False, secret=True),
    Field(
        "refresh_token",
        "Refresh token",
        help="For whoever has one already, given to the same OAuth app: then nobody is asked for "
        "consent.",
        required=False,
        secret=True,
    ),
)


@dataclass(frozen=True)
class AuthOption:
    """One way to connect, such as an API token or an OAuth app. With a `consent` the app itself
    asks an admin; the connector then finds `client_id` and `client_secret` in its credentials and
    the tokens in its store, and signs requests by `AuthorizationCode.of(context, consent)`."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    scopes: tuple[Scope, ...] = ()
    consent: Consent | None = None

    def __post_init__(self) -> None:
        if self.consent:
            own = {field.name for field in self.fields}
            client = (field for field in CLIENT if field.name not in own)
            object.__setattr__(self, "fields", (*self.fields, *client))


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
