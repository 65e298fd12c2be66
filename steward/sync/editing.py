"""Editing an instance: its name, status, schedule, settings and credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from steward.inventory import moments, vault
from steward.inventory.instance import Instance
from steward.inventory.lifecycle import Act, Event, State
from steward.inventory.merging import Placement
from steward.sdk.fields import FieldError
from steward.sync.applications import application_of_instance, key_of_instance
from steward.sync.connecting import tenant_fields
from steward.sync.problems import Conflict, Refused, refuse
from steward.sync.rules import (
    allow,
    names_unique,
    refuse_taken,
    wrong_guard,
    wrong_hours,
    wrong_name,
)
from steward.sync.runs import end_open_runs, next_sync, request_sync
from steward.sync.scopes import mark_streams
from steward.sync.trial import Entry, Trial, ask, entry_of


def edit(
    instance: Instance,
    *,
    by: str,
    name: str | None = None,
    status: str | None = None,
    settings: Mapping[str, Any] | None = None,
    credentials: Mapping[str, Any] | None = None,
    auth: str | None = None,
    every_hours: int | None = None,
    guard_share: int | None = None,
    guard_count: int | None = None,
    tokens: Mapping[str, Any] | None = None,
) -> Instance:
    """Whatever is given is changed; all of it or nothing."""
    allow(instance, Act.EDIT)
    _check_edit(instance, name, status, every_hours)
    refuse(wrong_guard(guard_share, guard_count))
    entry, trial = _retried(instance, status, settings, credentials, auth, tokens)
    with names_unique(name or ""), transaction.atomic():
        _rename(instance, name, by)
        _reschedule(instance, every_hours)
        _set_guard(instance, by, guard_share, guard_count)
        if entry and trial:
            _save_settings(instance, entry, trial)
            if credentials or tokens:
                _reconnect(instance, entry, trial, by)
        if status == "inactive":
            _deactivate(instance, by)
        elif status == "live" and not instance.syncs:
            _reactivate(instance, by)
        elif settings is not None and instance.syncs:
            request_sync(instance, by=by, trigger="settings")
    instance.refresh_from_db()
    return instance


def _check_edit(
    instance: Instance, name: str | None, status: str | None, every_hours: int | None
) -> None:
    errors = [] if name is None else wrong_name(name)
    errors += [] if every_hours is None else wrong_hours(every_hours)
    if status not in (None, "live", "inactive"):
        errors.append(FieldError("status", "The status is either live or inactive."))
    refuse(errors)
    if name is not None:
        refuse_taken(name, besides=instance)


def _retried(
    instance: Instance,
    status: str | None,
    settings: Mapping[str, Any] | None,
    credentials: Mapping[str, Any] | None,
    auth: str | None,
    tokens: Mapping[str, Any] | None,
) -> tuple[Entry | None, Trial | None]:
    """Ask the app again wherever the answer may have changed; nothing is saved if it refuses."""
    waking = status == "live" and not instance.syncs
    is_new = bool(credentials or tokens)
    if settings is None and not is_new and not waking:
        return None, None
    if not is_new:
        auth, credentials = _kept_credential(instance)
    changed = {**instance.settings, **(settings or {})}
    entry = entry_of(instance.integration, changed, credentials or {}, auth or "", tokens)
    trial = _ask_again(instance, entry, waking, is_new)
    if trial.tenant.id[:300] != instance.tenant_id:
        raise Conflict(
            f"This credential belongs to another tenant ({trial.tenant.name}) than the one "
            f"“{instance.name}” reads ({instance.tenant_name}). Connect it as a new instance.",
            "other_tenant",
            instance,
        )
    return entry, trial


def _kept_credential(instance: Instance) -> tuple[str, dict[str, Any]]:
    try:
        return vault.open_credential(instance)
    except vault.SealBroken as broken:
        raise Refused(str(broken), "unauthorized") from None


def _ask_again(instance: Instance, entry: Entry, waking: bool, is_new: bool) -> Trial:
    """A revoked instance that is refused once more stays so, and says why it is now. A consent
    that stays is asked with the tokens it has, which a trial may renew but must not lose."""
    stays = entry.option.consent and not is_new
    try:
        return ask(entry, instance, vault.StoredTokens(instance) if stays else None)
    except Refused as refused:
        if waking and instance.state == State.REVOKED:
            Instance.objects.filter(pk=instance.pk, state=State.REVOKED).update(
                reason_code=refused.code, reason=refused.message
            )
        raise


def _rename(instance: Instance, name: str | None, by: str) -> None:
    if name is None or name.strip() == instance.name:
        return
    old, instance.name = instance.name, name.strip()
    instance.save(update_fields=["name"])
    moments.record(instance, "renamed", by, old=old, new=instance.name)


def _reschedule(instance: Instance, every_hours: int | None) -> None:
    if every_hours is None or every_hours == instance.every_hours:
        return
    instance.every_hours = every_hours
    if instance.syncs:
        instance.next_sync_at = next_sync(every_hours)
    instance.save(update_fields=["every_hours", "next_sync_at"])


def _set_guard(instance: Instance, by: str, share: int | None, count: int | None) -> None:
    before = (instance.guard_share, instance.guard_count)
    instance.guard_share = before[0] if share is None else share
    instance.guard_count = before[1] if count is None else count
    after = (instance.guard_share, instance.guard_count)
    if after != before:
        instance.save(update_fields=["guard_share", "guard_count"])
        moments.record(instance, "guard_changed", by, share=after[0], count=after[1])


def _save_settings(instance: Instance, entry: Entry, trial: Trial) -> None:
    before, instance.settings = key_of_instance(instance), entry.settings
    if key_of_instance(instance) != before:
        # It is another application now, whatever was said of it before.
        Placement.objects.filter(instance=instance, external_id="").delete()
    application = application_of_instance(instance)
    fields = {"settings": entry.settings, "application": application, **tenant_fields(trial)}
    Instance.objects.filter(pk=instance.pk).update(**fields)


def _reconnect(instance: Instance, entry: Entry, trial: Trial, by: str) -> None:
    """The open run began with the older credential, so it ends and its verdict is dropped."""
    end_open_runs(instance, by)
    due = next_sync(instance.every_hours)
    if not moments.move(instance, Event.RECONNECTED, actor=by, next_sync_at=due):
        allow(instance, Act.RECONNECT)
    moments.record(instance, "credential_replaced", by)
    Instance.objects.filter(pk=instance.pk).update(connection=F("connection") + 1)
    instance.refresh_from_db()
    vault.keep(instance, entry.auth, entry.credentials, trial.tokens)
    mark_streams(instance, trial.missing)
    request_sync(instance, by=by, trigger="reconnected")


def _deactivate(instance: Instance, by: str) -> None:
    if instance.state == State.INACTIVE:
        return
    reason = f"switched off by {by}" if by else "switched off"
    moved = moments.move(
        instance, Event.DEACTIVATED, actor=by, code="deactivated", reason=reason, next_sync_at=None
    )
    if not moved:
        raise Conflict(f"{instance.name} has changed meanwhile; look again.", "not_allowed")
    end_open_runs(instance, by)


def _reactivate(instance: Instance, by: str) -> None:
    due = next_sync(instance.every_hours)
    if moments.move(instance, Event.REACTIVATED, actor=by, next_sync_at=due):
        request_sync(instance, by=by, trigger="reactivated")
