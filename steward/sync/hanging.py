"""What hangs on an application, carried to another one and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance
from steward.inventory.licence import LicenceType
from steward.inventory.merging import Placement
from steward.sync.applications import key_of_app, key_of_instance
from steward.sync.writers.sql import chunks

# What hangs on an application, under the names that `ApplicationChange.moved` has for it.
HANGING: dict[str, Any] = {
    "instances": Instance,
    "apps": SeenApp,
    "charges": Charge,
    "contracts": Contract,
    "rules": VendorRule,
}


def of(model: Any, application: Application, numbers: Sequence[int]) -> Any:
    return model.objects.filter(application=application, pk__in=numbers)


def move(rows: Any, to: Application) -> list[int]:
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for part in chunks(numbers):
        rows.model.objects.filter(pk__in=part).update(application=to)
    return numbers


def move_licences(
    application: Application, to: Application, rows: Any = None
) -> dict[str, list[Any]]:
    """One that both have stays behind, and the contracts about it are about the other's."""
    rows = LicenceType.objects.filter(application=application) if rows is None else rows
    there = {row.key: row.pk for row in LicenceType.objects.filter(application=to)}
    lines = []
    for row in rows.filter(key__in=list(there)):
        lines += _repointed(row.pk, there[row.key])
    return {"licences": move(rows.exclude(key__in=list(there)), to), "lines": lines}


def _repointed(before: int, after: int) -> list[list[int]]:
    has_it = ContractLine.objects.filter(licence=after).values("contract")
    rows = ContractLine.objects.filter(licence=before).exclude(contract__in=has_it)
    found = [[number, before, after] for number in rows.values_list("pk", flat=True)]
    ContractLine.objects.filter(pk__in=[line for line, _, _ in found]).update(licence=after)
    return found


def move_vendors(
    application: Application, to: Application, vendors: Sequence[str], by: str
) -> dict[str, Any]:
    """Charges of a vendor, those to come too: a rule says so."""
    charges = Charge.objects.filter(application=application, vendor_key__in=vendors)
    rules = VendorRule.objects.filter(application=application, pattern__in=vendors)
    moved = {"charges": move(charges, to), "rules": move(rules, to)}
    known = VendorRule.objects.filter(pattern__in=vendors).values_list("pattern", flat=True)
    made = [
        VendorRule.objects.create(pattern=vendor, application=to, by=by).pk
        for vendor in sorted({*vendors} - {*known})
    ]
    return {**moved, "made_rules": made}


def put_back_rows(moved: dict[str, Any], now: Application, back: Application) -> None:
    for name, model in HANGING.items():
        for part in chunks(moved.get(name, ())):
            model.objects.filter(pk__in=part, application=now).update(application=back)
    VendorRule.objects.filter(pk__in=moved.get("made_rules", ())).delete()
    taken = LicenceType.objects.filter(application=back).values_list("key", flat=True)
    licences = LicenceType.objects.filter(pk__in=moved["licences"], application=now)
    licences.exclude(key__in=list(taken)).update(application=back)
    for line, before, after in moved["lines"]:
        ContractLine.objects.filter(pk=line, licence=after).update(licence=before)


def placements() -> dict[tuple[int, str], int]:
    rows = Placement.objects.values_list("instance", "external_id", "application")
    return {(instance, external_id): number for instance, external_id, number in rows}


def sources_of(application: Application) -> Iterator[tuple[Any, tuple[int, str]]]:
    """Instances and apps with the place by which a `Placement` names them."""
    for instance in Instance.objects.filter(application=application):
        yield instance, (instance.pk, "")
    for app in SeenApp.objects.filter(application=application).select_related("instance"):
        yield app, (app.instance.pk, app.external_id)


def key_of(row: Instance | SeenApp) -> str:
    return key_of_instance(row) if isinstance(row, Instance) else key_of_app(row)


def place(application: Application) -> list[list[Any]]:
    """Of each source that its name leads elsewhere it is said that it is this application."""
    placed = placements()
    rows = [
        _placed(*at, application)
        for row, at in sources_of(application)
        if _leads_to(row, placed.get(at)) != application.pk
    ]
    return [row for row in rows if row[2] != row[3]]


def _leads_to(row: Any, placed: int | None) -> int | None:
    named = {"pk": placed} if placed else {"key": key_of(row)}
    found = Application.objects.filter(**named).first()
    return found.now().pk if found else None


def _placed(instance: int, external_id: str, application: Application) -> list[Any]:
    key = {"instance_id": instance, "external_id": external_id}
    before = Placement.objects.filter(**key).values_list("application", flat=True).first()
    Placement.objects.update_or_create(**key, defaults={"application": application})
    return [instance, external_id, before, application.pk]


def put_back_placements(placed: Iterable[Sequence[Any]]) -> None:
    """Where somebody has said something else since, that stands."""
    for instance, external_id, before, after in placed:
        rows = Placement.objects.filter(
            instance=instance, external_id=external_id, application=after
        )
        rows.update(application=before) if before else rows.delete()
