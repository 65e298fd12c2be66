"""What has happened to accounts, people and instances, newest first.

Nothing is stored for it: events are read from the versions of accounts, from who held what since
when, and from the recorded moments and runs of instances. The days of activity are not events;
they are kept and shown as days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from steward.insight.changes import Change, changes_between
from steward.insight.facts import Facts, moment_text
from steward.inventory.account import Account, AccountVersion
from steward.inventory.holdings import Assignment, Grant, Membership, Seat
from steward.inventory.instance import Instance
from steward.inventory.person import Person
from steward.inventory.run import Run

DEEPEST = 5_000
_COUNTED = ("appeared", "changed", "returned", "removed", "held")


class _Holding(NamedTuple):
    model: Any
    parent: str
    got: str
    lost: str


_HOLDINGS = (
    _Holding(Membership, "group", "joined", "left"),
    _Holding(Seat, "license", "seat_got", "seat_lost"),
    _Holding(Assignment, "app", "app_given", "app_taken"),
)


@dataclass(frozen=True)
class Event:
    """`what` is one of appeared, changed, disabled, enabled, removed, returned, joined, left,
    seat_got, seat_lost, app_given, app_taken, access_given, access_taken, access_changed, synced,
    or the name of an instance's moment. `subject` is the group, licence or app; `counts` are those
    of a run."""

    at: datetime
    what: str
    account: Account | None = None
    changes: tuple[Change, ...] = ()
    subject: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    actor: str = ""
    reason: str = ""


def of_account(account: Account, offset: int = 0, limit: int = 50) -> list[Event]:
    return _newest(_accounts_events([account], offset + limit), offset, limit)


def of_person(person: Person, offset: int = 0, limit: int = 50) -> list[Event]:
    accounts = Account.objects.present().filter(person=person).select_related("instance")
    return _newest(_accounts_events(list(accounts), offset + limit), offset, limit)


def of_instance(instance: Instance, offset: int = 0, limit: int = 50) -> list[Event]:
    """Who appeared is counted run by run; who changed is named."""
    most = min(offset + limit, DEEPEST)
    versions = AccountVersion.objects.filter(instance=instance.book)
    accounts = Account.objects.present().filter(instance=instance.book)
    for_all = Grant.objects.filter(instance=instance.book, account=None)
    return _newest(
        [
            _moments(instance, most),
            _runs(instance, most),
            *_grants(for_all, {}, most),
            _changes(versions, accounts.select_related("instance"), most),
        ],
        offset,
        limit,
    )


def facts_of(event: Event) -> Facts:
    account = event.account
    return {
        "at": moment_text(event.at),
        "what": event.what,
        "account": account.pk if account else None,
        "account_name": str(account) if account else None,
        "instance": account.instance.pk if account else None,
        "subject": event.subject or None,
        "changes": [c.facts() for c in event.changes],
        "counts": dict(event.counts),
        "actor": event.actor or None,
        "reason": event.reason or None,
    }


def _newest(sources: Iterable[Iterable[Event]], offset: int, limit: int) -> list[Event]:
    rows = merge(*sources, key=lambda event: event.at, reverse=True)
    return list(islice(rows, offset, offset + limit))


def _accounts_events(accounts: Sequence[Account], most: int) -> list[Iterable[Event]]:
    most = min(most, DEEPEST)
    versions = AccountVersion.objects.filter(account__in=accounts)
    known = Account.objects.filter(pk__in=[a.pk for a in accounts]).select_related("instance")
    first = sorted(accounts, key=lambda a: a.first_seen_at, reverse=True)
    return [
        [Event(a.first_seen_at, "appeared", a) for a in first],
        _changes(versions, known, most),
        *(events for kind in _HOLDINGS for events in _held(kind, accounts, most)),
        *_grants(Grant.objects.filter(account__in=accounts), {a.pk: a for a in accounts}, most),
    ]


def _changes(versions: Any, accounts: Any, most: int) -> list[Event]:
    """A version ends where the next one, or the account as it is, begins."""
    olds = list(versions.order_by("-until")[:most])
    ids, ends = {old.account_id for old in olds}, {old.until for old in olds}
    nexts = AccountVersion.objects.filter(account__in=ids, since__in=ends)
    newer: dict[tuple[int, datetime], Any] = {(v.account_id, v.since): v for v in nexts}
    named = {account.pk: account for account in accounts.filter(pk__in=ids)}
    events = []
    for old in olds:
        account = named.get(old.account_id)
        if account is not None:
            new = newer.get((old.account_id, old.until), account)
            events.append(_change(old, new, account))
    return events


def _change(old: Any, new: Any, account: Account) -> Event:
    changes = changes_between(old, new)
    return Event(old.until, _kind(old.status, new.status), account, changes)


def _kind(before: str, after: str) -> str:
    if before == after:
        return "changed"
    if after == Account.REMOVED:
        return "removed"
    if before == Account.REMOVED:
        return "returned"
    return "enabled" if after == Account.ACTIVE else "disabled"


def _held(kind: _Holding, accounts: Sequence[Account], most: int) -> Iterator[list[Event]]:
    rows = kind.model.objects.filter(account__in=accounts).select_related(kind.parent)
    named = {account.pk: account for account in accounts}
    for what, field in ((kind.got, "since"), (kind.lost, "until")):
        found = rows.exclude(**{field: None}).order_by(f"-{field}")[:most]
        yield [
            Event(getattr(row, field), what, named[row.account_id], subject=_name(row, kind))
            for row in found
        ]


def _grants(rows: Any, named: dict[int, Account], most: int) -> Iterator[list[Event]]:
    """A row that begins where another one of the same app and account ends has other scopes."""
    rows = rows.select_related("app")
    given = list(rows.order_by("-since")[:most])
    taken = list(rows.exclude(until=None).order_by("-until")[:most])
    before = {_ref(r, r.until): r for r in rows.filter(until__in={g.since for g in given})}
    after = {_ref(r, r.since) for r in rows.filter(since__in={t.until for t in taken})}
    yield [_grant(row, named, before.get(_ref(row, row.since))) for row in given]
    yield [
        Event(row.until, "access_taken", named.get(row.account_id), subject=row.app.name)
        for row in taken
        if _ref(row, row.until) not in after
    ]


def _grant(row: Any, named: dict[int, Account], old: Any) -> Event:
    account, app = named.get(row.account_id), row.app.name
    if old is None:
        return Event(row.since, "access_given", account, subject=app)
    changes = (Change("scopes", old.scopes, row.scopes),)
    return Event(row.since, "access_changed", account, changes, subject=app)


def _ref(row: Any, at: datetime) -> tuple[int, int | None, datetime]:
    return row.app_id, row.account_id, at


def _name(row: Any, kind: _Holding) -> str:
    return str(getattr(row, kind.parent).name)


def _moments(instance: Instance, most: int) -> list[Event]:
    rows = instance.moments.order_by("-at", "-pk")[:most]
    return [Event(m.at, m.event, actor=m.actor, reason=m.reason) for m in rows]


def _runs(instance: Instance, most: int) -> list[Event]:
    """Those that found anything new."""
    rows = Run.objects.filter(instance=instance).exclude(finished_at=None)
    events = []
    for run in rows.order_by("-created_at")[:most]:
        counts = tuple((name, run.counts[name]) for name in _COUNTED if run.counts.get(name))
        if counts:
            events.append(Event(run.finished_at, "synced", counts=counts))
    return sorted(events, key=lambda event: event.at, reverse=True)
