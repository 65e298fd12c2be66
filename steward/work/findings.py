"""Findings, told behind: what the rules see is compared with what was found before.

Accounts are gone through in spans of some thousand, so that nothing large is held in memory and
each look is a walk along the accounts' numbers. It is done when something has changed since, and
once an hour as days pass; it takes no more than a twentieth of the time, and one worker at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.insight import traces
from steward.insight.findings.catalogue import RULES
from steward.insight.findings.knowing import Knowing
from steward.insight.findings.rule import Rule, Seen, Span
from steward.inventory.account import Account
from steward.inventory.books import is_told
from steward.inventory.edit import Edit
from steward.inventory.finding import Finding, FindingsTold
from steward.ledger import trail
from steward.ledger.findings import BY_STEWARD, KIND, NOT_ACCEPTED, open_graver
from steward.work import finding_news

EVERY = timedelta(hours=1)
# A worker that has claimed the telling and said nothing for so long has died over it.
LOST = timedelta(minutes=30)
SHARE, SPAN = 20, 5_000
_ALL = Span(0, None)
_SAID = ("name", "severity", "said", "evidence", "instance_id")


def is_waiting() -> bool:
    """While what rules stand on is being told itself, they wait."""
    told, now = FindingsTold.get(), timezone.now()
    if told.told_at is None:
        return is_told()
    if now < told.told_at + timedelta(seconds=told.took * SHARE):
        return False
    return (now > told.told_at + EVERY or told.traces != traces.words()) and is_told()


def tell() -> bool:
    """False where another worker is at it."""
    FindingsTold.objects.get_or_create(pk=1)
    began, newest, free = timezone.now(), traces.words(), Q(claimed_at=None)
    free |= Q(claimed_at__lt=began - LOST)
    if not FindingsTold.objects.filter(free, pk=1).update(claimed_at=began):
        return False
    start, knowing = time.monotonic(), Knowing()
    try:
        changed = _ask_all(knowing)
    except BaseException:
        FindingsTold.objects.filter(pk=1, claimed_at=began).update(claimed_at=None)
        raise
    more: dict[str, Any] = {"changed_at": timezone.now()} if changed else {}
    FindingsTold.objects.filter(pk=1, claimed_at=began).update(
        traces=newest,
        told_at=timezone.now(),
        took=time.monotonic() - start,
        claimed_at=None,
        unasked={rule.slug: knowing.unasked(rule.needs) for rule in RULES},
        **more,
    )
    finding_news.tell()
    return True


def _ask_all(knowing: Knowing) -> int:
    """How many findings are otherwise than before."""
    of_accounts = [rule for rule in RULES if not rule.of_applications]
    of_applications = [rule for rule in RULES if rule.of_applications]
    changed = sum(_reconcile(rule, span, knowing) for span in _spans() for rule in of_accounts)
    return changed + sum(_reconcile(rule, _ALL, knowing) for rule in of_applications)


def _spans() -> Iterator[Span]:
    """The last has no end, so that findings of accounts that are gone are looked at too."""
    low = 0
    while True:
        following = Account.objects.filter(pk__gt=low).order_by("pk")
        last = following.values_list("pk", flat=True)[SPAN - 1 : SPAN].first()
        yield Span(low, last)
        if last is None:
            return
        low = last


def _reconcile(rule: Rule, span: Span, knowing: Knowing) -> int:
    """How many findings are otherwise than before."""
    now_seen = {one.subject: one for one in rule.found(span, knowing)}
    rows = Finding.objects.filter(rule=rule.slug, **span.within("subject"))
    with transaction.atomic():
        before = {row.subject: row for row in rows if row.subject in now_seen or _lasts(row)}
        new = [one for subject, one in now_seen.items() if subject not in before]
        made = [_made(rule, one) for one in new]
        Finding.objects.bulk_create(made, ignore_conflicts=True)
        back = [row for row in before.values() if row.subject in now_seen and not _lasts(row)]
        ended = [row.pk for row in before.values() if row.subject not in now_seen]
        _come_back(back, now_seen)
        grave = [row.pk for row in before.values() if _is_graver(row, now_seen)]
        said = [row for row in before.values() if _says_otherwise(row, now_seen)]
        Finding.objects.bulk_update(said, _SAID, batch_size=500)
        open_graver(grave)
        _end(ended)
        fresh = [*(row.severity for row in made), *(now_seen[r.subject].severity for r in back)]
        finding_news.note(rule, fresh, len(ended))
    return len(made) + len(back) + len(said) + len(ended)


def _lasts(row: Finding) -> bool:
    return row.state != Finding.ENDED


def _fields(one: Seen) -> dict[str, Any]:
    return {
        "name": one.name,
        "severity": one.severity,
        "said": one.said,
        "evidence": one.evidence,
        "instance_id": one.book,
    }


def _made(rule: Rule, one: Seen) -> Finding:
    is_app = rule.of_applications
    return Finding(
        rule=rule.slug,
        subject=one.subject,
        account_id=None if is_app else one.subject,
        application_id=one.subject if is_app else None,
        found_at=timezone.now(),
        **_fields(one),
    )


def _is_graver(row: Finding, now_seen: Mapping[int, Seen]) -> bool:
    one = now_seen.get(row.subject)
    return one is not None and row.state == Finding.ACCEPTED and one.severity > row.severity


def _says_otherwise(row: Finding, now_seen: Mapping[int, Seen]) -> bool:
    """Brings the row up to date where it is not."""
    one = now_seen.get(row.subject)
    fields = _fields(one) if one else {}
    differs = any(getattr(row, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(row, name, value)
    return differs


def _come_back(rows: list[Finding], now_seen: Mapping[int, Seen]) -> None:
    for row in rows:
        before = trail.written({"found_at": row.found_at, "ended_at": row.ended_at})
        fresh = {"state": Finding.OPEN, "found_at": timezone.now(), "ended_at": None}
        same = Finding.objects.filter(pk=row.pk, state=Finding.ENDED)
        if same.update(**fresh, **NOT_ACCEPTED):
            Edit.note(KIND, row, "returned", BY_STEWARD, before=before)


def _end(numbers: list[int]) -> None:
    """An acceptance ends with it; who accepted what stands in the history."""
    for start in range(0, len(numbers), 500):
        rows = Finding.objects.filter(pk__in=numbers[start : start + 500])
        rows.exclude(state=Finding.ENDED).update(
            state=Finding.ENDED, ended_at=timezone.now(), **NOT_ACCEPTED
        )
