"""Connecting an instance: its credential is tested and its tenant known before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from steward.inventory import books, moments, vault
from steward.inventory.instance import EVERY_HOURS, Instance, StreamState
from steward.inventory.member import Member
from steward.sync.applications import application_of
from steward.sync.problems import Conflict, Invalid
from steward.sync.rules import names_unique, refuse_taken, wrong_hours, wrong_name
from steward.sync.runs import next_sync, request_sync
from steward.sync.scopes import mark_streams
from steward.sync.trial import Entry, Trial, ask, entry_of


def connect(
    slug: str,
    *,
    name: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    by: str,
    auth: str = "",
    member: Member | None = None,
    sync: bool = True,
    every_hours: int = EVERY_HOURS,
    allow_same_tenant: bool = False,
    tokens: Mapping[str, Any] | None = None,
) -> Instance:
    """`tokens` are what an admin's consent has brought, where the way to sign in asks for one."""
    entry = checked_entry(slug, name, settings, credentials, auth, every_hours, tokens)
    trial = ask(entry)
    if trial.same_tenant and not allow_same_tenant:
        raise _connected_already(trial, trial.same_tenant)
    with names_unique(name), transaction.atomic():
        instance: Instance = Instance.objects.create(
            integration=slug,
            name=name.strip(),
            settings=entry.settings,
            book=books.open_book(),
            every_hours=every_hours,
            next_sync_at=next_sync(every_hours),
            created_by=member,
            application=application_of(entry.connector, entry.settings),
            **tenant_fields(trial),
        )
        _make_streams(instance, entry, trial)
        vault.keep(instance, entry.auth, entry.credentials, trial.tokens)
        moments.record(instance, "connected", by, missing=[s.name for s in trial.missing])
        if sync:
            request_sync(instance, by=by, trigger="connected")
    return instance


def checked_entry(
    slug: str,
    name: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    auth: str,
    every_hours: int,
    tokens: Mapping[str, Any] | None = None,
) -> Entry:
    """Every mistake at once, so that nobody has to mend a form field by field."""
    errors = wrong_name(name) + wrong_hours(every_hours)
    try:
        entry = entry_of(slug, settings, credentials, auth, tokens)
    except Invalid as invalid:
        raise Invalid(errors + invalid.errors) from None
    if errors:
        raise Invalid(errors)
    refuse_taken(name)
    return entry


def _connected_already(trial: Trial, existing: Instance) -> Conflict:
    return Conflict(
        f"{trial.tenant.name or trial.tenant.id} is connected already, as "
        f"“{existing.name}”. Enter the new credential there, or say that a second "
        "instance of the same tenant is meant.",
        "same_tenant",
        existing,
    )


def tenant_fields(trial: Trial) -> dict[str, Any]:
    scopes = trial.granted
    return {
        "tenant_id": trial.tenant.id[:300],
        "tenant_name": trial.tenant.name[:300],
        "scopes": None if scopes is None else sorted(scopes),
        "secret_expires_at": trial.tenant.expires_at,
    }


def _make_streams(instance: Instance, entry: Entry, trial: Trial) -> None:
    StreamState.objects.bulk_create(
        StreamState(instance=instance, name=name) for name in entry.connector.streams()
    )
    mark_streams(instance, trial.missing)
