"""An instance, account, run and so on as plain facts: what the API answers and `--json` prints.

Times are RFC 3339 in UTC. Nothing of a credential is in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import Count

from steward.inventory.account import Account
from steward.inventory.instance import Book, Instance, Moment, StreamState
from steward.inventory.run import Run
from steward.sdk.connector import Connector
from steward.sdk.fields import AuthOption, Field

Facts = dict[str, Any]


def moment_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    # In a tenth of the time that Python's own `isoformat` takes; a file has millions of them.
    text: str = msgspec.to_builtins(value if value.tzinfo is UTC else value.astimezone(UTC))
    return text


def of_instances(instances: Iterable[Instance]) -> list[Facts]:
    """Several at once: what is known of their accounts and streams is read in one query each."""
    rows = list(instances)
    counts = _account_counts(rows)
    streams: dict[int, list[StreamState]] = {}
    for stream in StreamState.objects.filter(instance__in=rows).order_by("pk"):
        streams.setdefault(stream.instance_id, []).append(stream)
    return [_of_instance(i, counts.get(i.book, 0), streams.get(i.pk, [])) for i in rows]


def of_instance(instance: Instance) -> Facts:
    return of_instances([instance])[0]


def _account_counts(instances: list[Instance]) -> dict[int, int]:
    """As told; counted where they are changing."""
    books = {instance.book for instance in instances}
    told = Book.objects.filter(pk__in=books, untold=False)
    counts = dict(told.values_list("pk", "present"))
    rows = Account.objects.filter(instance__in=books - counts.keys())
    rows = rows.exclude(status=Account.REMOVED).order_by()
    return counts | dict(rows.values_list("instance").annotate(Count("pk")))


def _of_instance(instance: Instance, accounts: int, streams: list[StreamState]) -> Facts:
    return {
        "id": instance.pk,
        "integration": instance.integration,
        "name": instance.name,
        "state": instance.state,
        "status": instance.status,
        "reason": instance.reason,
        "reason_code": instance.reason_code,
        "stale": instance.is_stale(),
        "tenant": instance.tenant_name or instance.tenant_id,
        "settings": public_settings(instance.settings),
        "every_hours": instance.every_hours,
        "guard_share": instance.guard_share,
        "guard_count": instance.guard_count,
        "created_at": moment_text(instance.created_at),
        "last_synced_at": moment_text(instance.last_synced_at),
        "next_sync_at": moment_text(instance.next_sync_at),
        "secret_expires_at": moment_text(instance.secret_expires_at),
        "accounts": accounts,
        "removals_held": instance.removals_held,
        "allowed": sorted(instance.acts),
        "streams": [of_stream(stream) for stream in streams],
    }


def public_settings(settings: Facts) -> Facts:
    """An uploaded file is named, not repeated."""
    return {
        name: value if not str(value).startswith("data:") else "(file)"
        for name, value in settings.items()
    }


def of_stream(stream: StreamState) -> Facts:
    return {
        "name": stream.name,
        "state": stream.state,
        "last_ok_at": moment_text(stream.last_ok_at),
        "last_whole_at": moment_text(stream.whole_at),
        "records": stream.records,
        "error": stream.error,
        "missing": stream.missing,
    }


def of_run(run: Run) -> Facts:
    return {
        "id": run.pk,
        "instance": run.instance_id,
        "state": run.state,
        "trigger": run.trigger,
        "requested_by": run.requested_by,
        "created_at": moment_text(run.created_at),
        "started_at": moment_text(run.started_at),
        "finished_at": moment_text(run.finished_at),
        "resume_at": moment_text(run.resume_at),
        "code": run.code,
        "error": run.error,
        "counts": run.counts,
        "streams": [
            {
                "name": name,
                "state": stream["state"],
                "read": read_of(stream),
                "records": stream["records"],
                "set_aside": stream["set_aside"],
                "problems": stream["problems"],
                "error": stream["error"],
                "missing": stream["missing"],
            }
            for name, stream in run.progress.items()
        ],
    }


def read_of(stream: Facts) -> str | None:
    """Of a stream's progress: `all` or `changes`; None where nothing was read (yet)."""
    changes = stream.get("changes")
    return None if changes is None else "changes" if changes else "all"


def of_moment(moment: Moment) -> Facts:
    return {
        "id": moment.pk,
        "at": moment_text(moment.at),
        "event": moment.event,
        "before": moment.before,
        "after": moment.after,
        "code": moment.code,
        "reason": moment.reason,
        "actor": moment.actor,
        "details": moment.details,
    }


def of_account(account: Account) -> Facts:
    """Of a row whose `instance` is joined."""
    return {
        "id": account.pk,
        "instance": account.instance.pk,
        "external_id": account.external_id,
        "email": account.email,
        "username": account.username,
        "name": account.name,
        "status": account.status,
        "kind": account.kind,
        "role": account.role,
        "holds_seat": account.holds_seat,
        "created_at": moment_text(account.created_at),
        "last_active_at": moment_text(account.last_active_at),
        "person": account.person_id,
        "first_seen_at": moment_text(account.first_seen_at),
        "removed_at": moment_text(account.removed_at),
    }


def of_past_accounts(accounts: Iterable[Any]) -> Iterator[Facts]:
    """Of rows of `accounts_at`: what they were then, under the numbers they have now."""
    for row in accounts:
        removed = row.removed_at if row.status == Account.REMOVED else None
        yield {
            **of_account(row),
            "id": row.account_id,
            "last_active_at": moment_text(row.active_at),
            "removed_at": moment_text(removed),
        }


def of_integration(connector: type[Connector], instances: int = 0) -> Facts:
    return {
        "slug": connector.slug,
        "name": connector.name,
        "summary": connector.summary,
        "category": connector.category,
        "kind": connector.kind,
        "active_means": connector.active_means,
        "streams": list(connector.streams()),
        "settings": [_of_field(field) for field in connector.settings],
        "auth": [_of_option(option) for option in connector.auth],
        "instances": instances,
    }


def _of_option(option: AuthOption) -> Facts:
    return {
        "name": option.name,
        "label": option.label,
        "consent": option.consent is not None,
        "credentials": [_of_field(field) for field in option.fields],
        "scopes": [
            {"name": s.name, "why": s.why, "streams": list(s.streams), "required": s.required}
            for s in option.scopes
        ],
    }


def _of_field(field: Field) -> Facts:
    return {
        "name": field.name,
        "label": field.label,
        "help": field.help,
        "kind": field.kind,
        "required": field.required and field.default is None,
        "secret": field.secret,
        "default": field.default,
        "choices": [{"value": value, "label": label} for value, label in field.choices],
    }
