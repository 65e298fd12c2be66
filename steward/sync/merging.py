"""Merging applications and splitting them again, by hand. Each act is one transaction, is recorded,
and can be undone; every later sync keeps to it.

A merged application stays, `merged_into` the other, and whatever is found by its key is the other's
(see `sync.applications`). A split says of each source which application it is (`Placement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance
from steward.inventory.licence import LicenceType
from steward.inventory.merging import ApplicationChange
from steward.inventory.naming import application_named
from steward.sdk.fields import FieldError
from steward.sync.applications import named
from steward.sync.gaps import fill_gaps, put_back
from steward.sync.hanging import (
    HANGING,
    key_of,
    move,
    move_licences,
    move_vendors,
    of,
    place,
    placements,
    put_back_placements,
    put_back_rows,
    sources_of,
)
from steward.sync.problems import Conflict, refuse
from steward.sync.tallies import tell_applications


@dataclass
class Sources:
    """What is to go elsewhere. `vendors` are names as charges are compared by (`vendor_key`)."""

    instances: Sequence[int] = ()
    apps: Sequence[int] = ()
    contracts: Sequence[int] = ()
    licences: Sequence[int] = ()
    vendors: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.instances, self.apps, self.contracts, self.licences, self.vendors))


@dataclass
class Target:
    """A new application of that name, or one that is there; a merged one comes back by it."""

    name: str = ""
    application: Application | None = field(default=None)


@transaction.atomic
def merge(keep: Application, other: Application, *, by: str) -> ApplicationChange:
    """All that is known of the other belongs to the kept one, whose own words stand."""
    keep, other = _locked(keep.pk, other.pk)
    if keep.pk == other.pk:
        raise Conflict("This is one application already.", "same_application")
    if keep.merged_into_id or other.merged_into_id:
        raise Conflict("One of them was merged into another one. Look again.", "merged")
    moved: dict[str, Any] = {
        name: move(model.objects.filter(application=other), keep) for name, model in HANGING.items()
    }
    moved |= move_licences(other, keep)
    moved["filled"] = fill_gaps(keep, other)
    Application.objects.filter(pk=other.pk).update(merged_into=keep)
    return _recorded(ApplicationChange.MERGED, keep, other, by, moved)


@transaction.atomic
def split(
    application: Application, sources: Sources, target: Target, *, by: str
) -> ApplicationChange:
    """These sources are another application, a new one or one that is known. What stays, stays,
    also where its name would say otherwise."""
    refuse(_wrong(application, sources, target))
    other = target.application or named(target.name.strip())
    application, other = _locked(application.pk, other.pk)
    moved: dict[str, Any] = {"merged": _revive(other), "made": target.application is None}
    licences = LicenceType.objects.filter(application=application, pk__in=sources.licences)
    moved |= {
        "instances": move(of(Instance, application, sources.instances), other),
        "apps": move(of(SeenApp, application, sources.apps), other),
        "contracts": move(of(Contract, application, sources.contracts), other),
        **move_vendors(application, other, sources.vendors, by),
        **move_licences(application, other, licences),
    }
    refuse(_missed(sources, moved))
    moved["placed"] = place(application) + place(other)
    return _recorded(ApplicationChange.SPLIT, application, other, by, moved)


@transaction.atomic
def undo(change: ApplicationChange, *, by: str) -> None:
    """Put back what is still where the act has put it."""
    if change.application_id is None or change.other_id is None:
        raise Conflict("One of the applications is gone.", "gone")
    rows = ApplicationChange.objects.filter(pk=change.pk, undone_at=None)
    if not rows.update(undone_at=timezone.now(), undone_by=by):
        raise Conflict("This was undone already.", "undone")
    application, other = _locked(change.application_id, change.other_id)
    if change.what == ApplicationChange.MERGED:
        now, back = application.now(), _unmerged(other)
        put_back_rows(change.moved, now, back)
        _give_back_what_came_since(now, back)
        put_back(now, change.moved["filled"])
    else:
        now, back = other.now(), application.now()
        put_back_placements(change.moved["placed"])
        put_back_rows(change.moved, now, back)
        _merge_again(change.moved, now, back)
    _note(change, "undone", by)
    tell_applications([now.pk, back.pk])


def _unmerged(other: Application) -> Application:
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    return other


def _merge_again(moved: dict[str, Any], other: Application, back: Application) -> None:
    """What the split had made, or brought back, is gone with it."""
    if not moved["made"] and not moved["merged"]:
        return
    for model in HANGING.values():
        move(model.objects.filter(application=other), back)
    move_licences(other, back)
    Application.objects.filter(pk=other.pk).update(merged_into=back)


def _give_back_what_came_since(now: Application, other: Application) -> None:
    """Apps and instances that were found since the merge, by the other's name or by a word."""
    placed = placements()
    for row, at in sources_of(now):
        if placed.get(at, key_of(row)) in (other.pk, other.key):
            type(row).objects.filter(pk=row.pk).update(application=other)


def _locked(*numbers: int) -> list[Application]:
    """In the order asked for, taken in the order of their numbers."""
    rows = Application.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[number] for number in numbers]


def _revive(other: Application) -> list[int]:
    if not other.merged_into_id:
        return []
    Application.objects.filter(pk=other.pk).update(merged_into=None)
    return [other.pk]


def _wrong(application: Application, sources: Sources, target: Target) -> list[FieldError]:
    errors = []
    if not sources:
        errors.append(FieldError("sources", "Choose what belongs to another application."))
    if target.application is None:
        errors += _wrong_name(target.name.strip())
    elif target.application.pk == application.pk:
        errors.append(FieldError("to", "This is the application itself. Choose another one."))
    elif target.application.now().pk not in (target.application.pk, application.pk):
        errors.append(FieldError("to", "That one was merged into another. Choose the other."))
    return errors


def _missed(sources: Sources, moved: dict[str, Any]) -> list[FieldError]:
    """What was chosen and is not the application's (any more)."""
    asked = sum(
        len({*numbers})
        for numbers in (sources.instances, sources.apps, sources.contracts, sources.licences)
    )
    found = sum(len(moved[name]) for name in ("instances", "apps", "contracts", "licences"))
    if found < asked:
        return [FieldError("sources", "Some of these are not this application's. Look again.")]
    return []


def _wrong_name(name: str) -> list[FieldError]:
    if not name:
        return [FieldError("name", "Name the other application, or choose a known one.")]
    if application_named(name) is not None:
        return [FieldError("name", "There is an application of that name. Choose it instead.")]
    return []


def _recorded(
    what: str, application: Application, other: Application, by: str, moved: dict[str, Any]
) -> ApplicationChange:
    change: ApplicationChange = ApplicationChange.objects.create(
        what=what, application=application, other=other, by=by, moved=moved
    )
    _note(change, what, by)
    tell_applications([application.pk, other.pk])
    return change


def _note(change: ApplicationChange, what: str, by: str) -> None:
    """In the histories of both."""
    for row in filter(None, (change.application, change.other)):
        names = {"application": str(change.application), "other": str(change.other)}
        Edit.note("application", row, what, by, after={"change": change.pk, **names})
