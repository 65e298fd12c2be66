"""Everything that is known of one application, by source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from steward.insight.facts import Facts, moment_text
from steward.inventory.charge import Charge
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance
from steward.inventory.licence import LicenceType


@dataclass(frozen=True)
class Vendor:
    """A name on statements, with how many charges bear it and when the last one was."""

    key: str
    name: str
    charges: int
    last: Any


@dataclass(frozen=True)
class Sources:
    instances: list[Instance]
    apps: list[SeenApp]
    vendors: list[Vendor]
    contracts: list[Contract]
    licences: list[LicenceType]
    entered: Edit | None

    @property
    def count(self) -> int:
        shown = len(self.instances) + len(self.apps) + len(self.vendors)
        return shown + len(self.contracts) + len(self.licences)

    def facts(self) -> Facts:
        return {
            "instances": [{"id": i.pk, "name": i.name} for i in self.instances],
            "apps": [_facts_of_app(app) for app in self.apps],
            "vendors": [
                {"vendor": v.key, "name": v.name, "charges": v.charges} for v in self.vendors
            ],
            "contracts": [{"id": c.pk, "name": c.name} for c in self.contracts],
            "licenses": [{"id": row.pk, "name": row.name} for row in self.licences],
            "entered_by": self.entered.by if self.entered else None,
            "entered_at": moment_text(self.entered.at) if self.entered else None,
        }


def sources_of(application: Any) -> Sources:
    made = Edit.objects.filter(kind="application", object=application.pk, what="made")
    seen = SeenApp.objects.present().filter(application=application).select_related("instance")
    return Sources(
        list(Instance.objects.present().filter(application=application).order_by("name")),
        list(seen.order_by("name", "instance__name", "pk")),
        _vendors(application),
        list(application.contracts.order_by("name", "pk")),
        list(application.licence_types.order_by("name", "pk")),
        made.order_by("pk").last(),
    )


def _vendors(application: Any) -> list[Vendor]:
    read = Q(book=None) | Exists(Instance.objects.present().filter(book=OuterRef("book")))
    rows = Charge.objects.filter(read, application=application, duplicate_of=None).order_by()
    found = rows.values("vendor_key").annotate(name=Max("vendor"), n=Count("pk"), last=Max("day"))
    return [
        Vendor(row["vendor_key"], row["name"], row["n"], row["last"])
        for row in found.order_by("vendor_key")
    ]


WAYS = (("in_apps", "sign-on"), ("in_activity", "sign-ins"), ("in_grants", "grants"))


def ways_of(app: SeenApp) -> list[str]:
    """How the instance shows it."""
    found = [way for field, way in WAYS if getattr(app, field) is not None]
    return found + (["sign-ins"] if app.told_sign_ins and "sign-ins" not in found else [])


def _facts_of_app(app: SeenApp) -> Facts:
    return {
        "id": app.pk,
        "name": app.name,
        "instance": app.instance.pk,
        "instance_name": app.instance.name,
        "sources": ways_of(app),
    }
