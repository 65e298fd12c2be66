"""Every paid seat, and whether its money does something: the one definition that all figures of
licences, waste, proposals and exports are counted from.

A row is a seat: an account and a licence that the app says it holds, or an account that holds a
paid seat of which the app does not say what kind it is, or one of a role that a licence made by
hand counts. A seat stands in one state, the first that fits, so that no waste counts twice:

1. `leaver`: its person has left, say the directories.
2. `disabled`: the account is disabled or suspended, or its person is suspended in the directory.
3. `duplicate`: its person uses another account of the application, which holds a paid seat as well.
4. `used`: it was used within the days of the application (`Application.inactive_after`, else 30).
5. `unused`: it was used, but not within them.
6. `new`: it was never used, and its account is not older than that.
7. `never`: it was never used, and the app would say it if it was.
8. `unknown`: the app does not say who uses what; it accuses nobody.

Of whoever has several accounts in an application, the one used last is kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from steward.insight.accounts import accounts, has_left, holding, is_suspended, now_or
from steward.insight.among import Among
from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.history import end_of
from steward.inventory.holdings import License, Seat
from steward.inventory.instance import Book, Instance
from steward.inventory.licence import LicenceType

INACTIVE_AFTER = 30
LEAVER, DISABLED, DUPLICATE, NEVER, UNUSED = "leaver", "disabled", "duplicate", "never", "unused"
USED, NEW, UNKNOWN = "used", "new", "unknown"
# What a seat can be taken back for, the gravest first.
REASONS = {
    LEAVER: "Its person has left",
    DISABLED: "Suspended, still paid",
    DUPLICATE: "A second seat of one person",
    NEVER: "Never used",
    UNUSED: "Not used for a while",
}
KEPT = {
    USED: "In use",
    NEW: "New, not used yet",
    UNKNOWN: "Nobody can tell whether it is used",
}
STATES = {**REASONS, **KEPT}
TAKE_BACK, KEEP = "take back", "keep"


def seats(as_of: date | None = None, days: int = 0) -> Any:
    """Seats with `read` (the number of the licence that the app names, or None), `hand` (the key of
    the licence made by hand that counts it, else ""), `used_at` and `state`. Narrow them by these:
    a filter on `seat` itself would look at all other seats of the account too. With `days`, this
    many instead of each application's own. Of a past day duplicates are not looked for."""
    return _held(as_of).annotate(state=told_as({state: state for state in STATES}, as_of, days))


def told_as(words: Mapping[str, str], as_of: date | None = None, days: int = 0) -> Case:
    """The state of a seat in these words. (A condition on `state` would be all of this again.)"""
    since = _since(as_of, days)
    spare = () if as_of else spare_accounts()
    conditions = {
        LEAVER: has_left(as_of),
        DISABLED: _paused(as_of),
        DUPLICATE: Among("account_ref", spare),
        USED: Q(used_at__gte=since),
        UNUSED: Q(used_at__isnull=False),
        NEW: Q(created_at__gte=since),
        NEVER: _tells_use(),
    }
    cases = (When(found, then=Value(words[state])) for state, found in conditions.items())
    return Case(*cases, default=Value(words[UNKNOWN]), output_field=CharField())


def with_verdict(rows: Any, as_of: date | None = None, days: int = 0) -> Any:
    """Seats with `verdict`, `TAKE_BACK` or `KEEP`. To ask for several states, ask for this: in a
    condition that lists states PostgreSQL would look through long lists from end to end."""
    words = {state: TAKE_BACK if state in REASONS else KEEP for state in STATES}
    return rows.annotate(verdict=told_as(words, as_of, days))


def _paid(as_of: date | None = None) -> Any:
    return accounts(as_of).filter(Q(holds_seat=True) | _of_a_role())


def _held(as_of: date | None) -> Any:
    rows = _paid(as_of).annotate(seat=holding("seats", as_of))
    return rows.annotate(read=F("seat__license"), hand=_hand(), used_at=_used(as_of))


def _paused(as_of: date | None) -> Q:
    return Q(status=Account.DISABLED) | is_suspended(as_of)


def _of_a_role() -> Q:
    """Accounts whose role a licence made by hand counts."""
    found = Q(pk__in=())
    for licence in _by_hand().filter(counted=LicenceType.ROLE):
        found |= Q(instance__in=books_of(licence.application_id), role=licence.role)
    return found


def _hand() -> Case:
    """A role is more than a paid seat of no kind: where both count, the role does."""
    unnamed = Q(read__isnull=True)
    roles, rest = [], []
    for row in _by_hand():
        here = unnamed & Q(instance__in=books_of(row.application_id))
        if row.counted == LicenceType.ROLE:
            roles.append(When(here, role=row.role, then=Value(row.key)))
        elif row.counted == LicenceType.SEATS and row.key != LicenceType.UNNAMED:
            rest.append(When(here, then=Value(row.key)))
    usual = When(unnamed, then=Value(LicenceType.UNNAMED))
    return Case(*roles, *rest, usual, default=Value(""), output_field=CharField())


def _by_hand() -> QuerySet[LicenceType]:
    rows: QuerySet[LicenceType] = LicenceType.objects.filter(
        key__startswith=LicenceType.BY_HAND
    ).order_by("pk")
    return rows


def books_of(application: int) -> list[int]:
    rows = Instance.objects.present().filter(application=application)
    return list(rows.order_by("book").values_list("book", flat=True))


def _used(as_of: date | None) -> Any:
    """What the app says of the seat itself, where it does of any of the licence; else of the
    account. The use of a seat moves daily and has no past of its own; the account's has."""
    own: Any = F("seat__last_active_at")
    if as_of is not None:
        own = Case(When(seat__last_active_at__lt=end_of(as_of), then=own))
        return Coalesce(own, F("active_at"), output_field=DateTimeField(null=True))
    telling = telling_licenses()
    return Case(
        When(read__in=telling, then=own),
        default=F("active_at"),
        output_field=DateTimeField(null=True),
    )


def telling_licenses() -> list[int]:
    """Those of which the app says when a seat was used."""
    used = Seat.objects.held().filter(license=OuterRef("pk"), last_active_at__isnull=False)
    rows = License.objects.present().filter(Exists(used))
    return list(rows.values_list("pk", flat=True))


def _tells_use() -> Q:
    telling = Book.objects.filter(tells_activity=True, closed_at=None).values_list("pk", flat=True)
    return Q(instance__in=list(telling)) | Q(read__in=telling_licenses())


def department() -> F:
    """Of a seat: that of the person who holds it."""
    return F("person__in_department")


def days_of(application: Application) -> int:
    return application.inactive_after or INACTIVE_AFTER


def entered() -> tuple[Hashable, ...]:
    """What people have entered that says which accounts hold a seat, and of which application."""
    by_hand = _by_hand().values_list("application", "key", "counted", "role")
    books = Instance.objects.present().order_by("book").values_list("book", "application")
    return tuple(by_hand), tuple(books)


def thresholds() -> Hashable:
    """And how long they may be idle."""
    rows = Application.objects.filter(inactive_after__isnull=False).order_by("pk")
    return tuple(rows.values_list("pk", "inactive_after"))


def _since(as_of: date | None, days: int) -> Any:
    now = now_or(as_of)
    usual = Value(now - timedelta(days=days or INACTIVE_AFTER), DateTimeField())
    own = [] if days else list(_own_days(now))
    return Case(*own, default=usual) if own else usual


def _own_days(now: datetime) -> Iterator[When]:
    rows = Application.objects.filter(inactive_after__isnull=False, instances__isnull=False)
    for number, days in set(rows.values_list("pk", "inactive_after")):
        since = Value(now - timedelta(days=days), DateTimeField())
        yield When(instance__in=books_of(number), then=since)


def spare_accounts() -> list[int]:
    """Accounts that are not the one their person uses of the application, both with paid seats that
    nobody has to take back for another reason."""
    found: list[int] = remembered(("spare accounts", *entered()), _spare, Minds.ACCOUNTS)
    return found


def _spare() -> list[int]:
    """Whoever has several has one of them in use: the one they were active in last."""
    living = _paid().filter(person__isnull=False).exclude(has_left() | _paused(None))
    turn = Window(
        RowNumber(),
        partition_by=["instance__application", "person"],
        order_by=[F("last_active_at").desc(nulls_last=True), "pk"],
    )
    rows = living.order_by().annotate(turn=turn).filter(turn__gt=1)
    return sorted(rows.values_list("pk", flat=True))
