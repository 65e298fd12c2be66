"""Saying once and for all what a vendor's name on statements stands for."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import Max

from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.charging import Match, Vendors
from steward.inventory.problems import Conflict, refuse
from steward.inventory.spend import mark_untold
from steward.inventory.vendors import LONGEST, key_of
from steward.ledger import trail
from steward.sdk.fields import FieldError

KIND = "vendor_rule"


@transaction.atomic
def assign(
    vendor: str, application: Application | None, *, by: str, is_prefix: bool = False
) -> VendorRule:
    """All charges of that vendor, past and to come, are the application's; without one the vendor
    sells no software. What was said of a single charge by hand stands above it."""
    pattern = vendor.strip().casefold() if is_prefix else key_of(vendor)
    if not vendor.strip() or len(pattern) > LONGEST:
        refuse([FieldError("vendor", "Name the vendor as statements do.")])
    values = {"application": application, "is_prefix": is_prefix}
    rule = VendorRule.objects.filter(pattern=pattern).first()
    if rule is None:
        made = {"pattern": pattern, "by": by, **values}
        rule = trail.make(KIND, VendorRule, made, by=by)
    elif trail.change(KIND, rule, values, by=by):
        VendorRule.objects.filter(pk=rule.pk).update(by=by)
    rematch(_of(pattern, is_prefix))
    return rule  # type: ignore[no-any-return]


@transaction.atomic
def remove(rule: VendorRule, *, by: str) -> None:
    """Its charges are matched as if it had never been."""
    pattern, is_prefix = rule.pattern, rule.is_prefix
    if not VendorRule.objects.select_for_update().filter(pk=rule.pk).exists():
        raise Conflict("This rule was removed already.", "removed")
    trail.remove(KIND, rule, by=by)
    rematch(_of(pattern, is_prefix))


@transaction.atomic
def make_application(name: str, *, by: str) -> Application:
    """One that is known by what is paid for it alone; the one of that name, where there is one."""
    name = " ".join(name.split())[:300]
    if not name:
        refuse([FieldError("application", "Name the application.")])
    known = Application.objects.filter(name__iexact=name, merged_into=None).order_by("pk").first()
    key = f"app:{''.join(c for c in name.casefold() if c.isalnum()) or name}"[:300]
    known = known or Application.objects.filter(key=key).first()
    if known:
        return known  # type: ignore[no-any-return]
    return trail.make("application", Application, {"key": key, "name": name}, by=by)  # type: ignore[no-any-return]


def _of(pattern: str, is_prefix: bool) -> Any:
    named = {"vendor_key__startswith" if is_prefix else "vendor_key": pattern}
    return Charge.objects.filter(**named)


def rematch(charges: Any) -> None:
    """By the rules and names of now; one statement for all that become the same."""
    vendors = Vendors()
    rows = charges.exclude(matched=Charge.HAND)
    found: dict[Match, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for vendor, key in rows.order_by().values_list("vendor", "vendor_key").distinct():
        found[vendors.find(vendor, key)][key].append(vendor)
    for match, names in found.items():
        values = {
            "application": match.application,
            "matched": match.matched,
            "is_saas": match.is_saas,
        }
        for key, spellings in names.items():
            same = rows.filter(vendor_key=key)
            if match.matched != Charge.RULE:
                same = same.filter(vendor__in=spellings)
            _set(same.exclude(**values), values)


def _set(rows: Any, values: dict[str, Any]) -> None:
    numbers = list(rows.values_list("pk", flat=True))
    for part in (numbers[n : n + 500] for n in range(0, len(numbers), 500)):
        changed = Charge.objects.filter(pk__in=part)
        mark_untold(changed)
        changed.update(**values)


_known: dict[str, int | None] = {"newest": None}


def match_new() -> None:
    """Applications that have become known since may be what unmatched vendors sell."""
    newest = Application.objects.aggregate(newest=Max("pk"))["newest"]
    if newest != _known["newest"]:
        rematch(Charge.objects.filter(application=None, is_saas=True))
        _known["newest"] = newest


def named(name: str) -> Application | None:
    """The application of that name; of several the first that was known."""
    rows = Application.objects.filter(name__iexact=name.strip(), merged_into=None)
    found: Application | None = rows.order_by("pk").first() if name.strip() else None
    return found
