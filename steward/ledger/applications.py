"""What people say of an application: adding one by hand, changing it, removing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.naming import application_named, key_of, known_names, plain
from steward.inventory.problems import Conflict, Invalid, refuse
from steward.ledger import fields, trail
from steward.ledger.persons import Unknown, person_of
from steward.sdk.fields import FieldError

KIND = "application"
LONGEST_NAME, LONGEST_NOTES, LONGEST_TAG, MOST_TAGS = 300, 20_000, 50, 50
MOST_DAYS, MOST_SHARES = 3_650, 200


@transaction.atomic
def add(values: Mapping[str, Any], *, by: str) -> Application:
    """One that no app shows; when one does later, by this name, it is the same."""
    name = str(values.get("name") or "").strip()
    known = application_named(name) if name else None
    if known is not None and (is_shown(known) or is_entered(known)):
        raise Invalid([FieldError("name", f"There is an application called {known.name}.")])
    made = cleaned({**values, "name": name}, known or Application())
    if known is not None:
        trail.change(KIND, known, made, by=by)
        Edit.note(KIND, known, trail.MADE, by, after=trail.written(made))
        return known
    connector = known_names().get(plain(name))
    integration = {"integration": connector.slug} if connector else {}
    try:
        row: Application = trail.make(
            KIND, Application, {"key": key_of(name), **integration, **made}, by=by
        )
    except IntegrityError:
        raise Conflict(f"Somebody has just added {name}. Look again.", "same_name") from None
    return row


@transaction.atomic
def change(
    application: Application, values: Mapping[str, Any], *, by: str, comment: str = ""
) -> bool:
    """Only what is named; False where nothing differs."""
    return trail.change(
        KIND, application, cleaned(values, application), by=by, comment=comment.strip()
    )


@transaction.atomic
def remove(application: Application, *, by: str) -> None:
    """Only what nobody shows and nothing hangs on."""
    if application.merged_into is not None or application.merged.exists():
        raise Conflict(f"{application} is merged with another one. Undo that first.", "merged")
    if is_shown(application):
        raise Conflict(
            f"{application} is known from elsewhere, so it would come back. "
            "Set it to unapproved, or remove what shows it first.",
            "shown",
        )
    trail.remove(KIND, application, by=by)


def is_shown(application: Application) -> bool:
    """Whether anything but somebody's word speaks of it."""
    return (
        application.instances.present().exists()
        or application.seen.present().exists()
        or application.charges.exists()
        or application.contracts.exists()
        or application.licence_types.exists()
    )


def is_entered(application: Application) -> bool:
    made = Edit.objects.filter(kind=KIND, object=application.pk, what=trail.MADE)
    return bool(made.exists())


def cleaned(given: Mapping[str, Any], now: Application) -> dict[str, Any]:
    """As the model keeps it. `fields` are the company's own, by name."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in given.items():
        if name == "fields":
            values["custom"], wrong = fields.cleaned(value, now.custom)
            errors += wrong
            continue
        try:
            values[name] = _CLEAN[name](value)
        except (_Wrong, Unknown) as said:
            errors.append(FieldError(name, str(said)))
    refuse(errors + _wrong_shares(values, now))
    if values.get("business_owner") and values.get("owner", now.owner) == now.owner:
        # The text of former times goes when a person is named.
        values["owner"] = ""
    return values


def _wrong_shares(values: Mapping[str, Any], now: Application) -> list[FieldError]:
    allocation = values.get("allocation", now.allocation)
    shares = values.get("shares", now.shares)
    if shares and sum(shares.values()) != 100:
        return [FieldError("shares", f"They add up to {sum(shares.values())} %, not to 100.")]
    if allocation == Application.FIXED and not shares:
        return [FieldError("shares", "Say which departments share the cost, adding up to 100.")]
    return []


class _Wrong(Exception):
    pass


def _text(longest: int, needed: bool = False) -> Callable[[Any], str]:
    def clean(value: Any) -> str:
        text = str(value or "").strip()
        if needed and not text:
            raise _Wrong("This is needed.")
        if len(text) > longest or "\x00" in text:
            raise _Wrong(f"At most {longest} letters.")
        return text

    return clean


def _one_of(choices: Sequence[tuple[str, str]]) -> Callable[[Any], str]:
    def clean(value: Any) -> str:
        text = str(value or "")
        if text not in dict(choices):
            raise _Wrong(f"It must be one of: {', '.join(name for name, _ in choices if name)}.")
        return text

    return clean


def _days(value: Any) -> int | None:
    if value is None or value == "":
        return None
    text = str(value).strip()
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= MOST_DAYS:
        raise _Wrong(f"It must be a number of days from 1 to {MOST_DAYS}.")
    return int(text)


def _tags(value: Any) -> list[str]:
    """In the order of the alphabet, once each whatever the case."""
    found = {tag.casefold(): tag for text in value or () if (tag := " ".join(text.split()))}
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in found.values()):
        raise _Wrong(f"At most {MOST_TAGS} tags of {LONGEST_TAG} letters each.")
    if any("," in tag or not tag.isprintable() for tag in found.values()):
        raise _Wrong("A tag is a word or a few, without a comma.")
    return [found[key] for key in sorted(found)]


def _shares(value: Any) -> dict[str, int]:
    """Whole percents by department."""
    made: dict[str, int] = {}
    for department, share in (value or {}).items():
        name, text = str(department).strip(), str(share).strip()
        if not name or len(name) > 200 or "\x00" in name or name in made:
            raise _Wrong("Name each department once.")
        if not text.isascii() or not text.isdecimal() or not 0 < int(text[:4]) <= 100:
            raise _Wrong(f"The share of {name} must be a whole number from 1 to 100.")
        made[name] = int(text)
    if len(made) > MOST_SHARES:
        raise _Wrong(f"At most {MOST_SHARES} departments.")
    return made


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": _text(LONGEST_NAME, needed=True),
    "category": _text(100),
    "owner": _text(254),
    "business_owner": person_of,
    "technical_owner": person_of,
    "status": _one_of(Application.STATUSES),
    "criticality": _one_of(Application.CRITICALITIES),
    "notes": _text(LONGEST_NOTES),
    "tags": _tags,
    "inactive_after": _days,
    "allocation": _one_of(Application.ALLOCATIONS),
    "shares": _shares,
}
FIELDS = tuple(_CLEAN)
