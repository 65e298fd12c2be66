"""Writing down the accounts of a review as they are when it starts, in batches, and who is to
decide on each. Nobody is given their own account where somebody else is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from steward.inventory import terms
from steward.inventory.account import Account, ActiveDays
from steward.inventory.application import Application
from steward.inventory.history import days_of
from steward.inventory.instance import Instance, StreamState
from steward.inventory.matching import email_key
from steward.inventory.member import Member
from steward.inventory.person import PersonEmail
from steward.inventory.review import Review, ReviewApplication, ReviewItem, ReviewSource
from steward.inventory.usage import DIRECT, NAMES, SIGN_INS, Use, masks

BATCH = 1_000
_PRESENT = (Account.ACTIVE, Account.DISABLED)


@transaction.atomic
def write_some(review: Review) -> bool:
    """One batch; False when the review is open, or is not starting any more."""
    mine = Review.objects.select_for_update().filter(pk=review.pk, state=Review.STARTING)
    now = mine.first()
    if now is None:
        return False
    source = now.sources.filter(is_done=False).order_by("pk").first()
    if source is None:
        mine.update(state=Review.OPEN, started_at=timezone.now())
        return False
    _write(now, source)
    return True


def _write(review: Review, source: ReviewSource) -> None:
    rows = Account.objects.present().filter(
        instance=source.book, status__in=_PRESENT, pk__gt=source.done_to
    )
    accounts = list(rows.select_related("person").order_by("pk")[:BATCH])
    read_at = _read_at(source)
    use = _Use(review, source, accounts)
    reviewers = _Reviewers(review, source)
    ReviewItem.objects.bulk_create(
        _item(review, source, account, use.of(account), reviewers.of(account), read_at)
        for account in accounts
    )
    source.done_to = accounts[-1].pk if accounts else source.done_to
    source.is_done = len(accounts) < BATCH
    source.save(update_fields=["done_to", "is_done"])


def _read_at(source: ReviewSource) -> datetime | None:
    """Anew for each batch: a sync may have come in between."""
    streams = StreamState.objects.filter(instance=source.instance_id, name="accounts")
    read = streams.values_list("last_ok_at", flat=True).first()
    if read is None:
        synced = Instance.objects.filter(pk=source.instance_id)
        read = synced.values_list("last_synced_at", flat=True).first()
    return read


@dataclass(frozen=True)
class _Used:
    """`days` is None where nobody tells."""

    last: datetime | None
    days: int | None
    told: str


def _item(
    review: Review,
    source: ReviewSource,
    account: Account,
    used: _Used,
    reviewer: Member,
    read_at: datetime | None,
) -> ReviewItem:
    person = account.person
    department = person.attributes.get("department") if person else ""
    return ReviewItem(
        review=review,
        application_id=source.application_id,
        source=source,
        account=account,
        person=person,
        external_id=account.external_id,
        name=account.name,
        email=account.email,
        username=account.username,
        status=account.status,
        kind=account.kind,
        role=account.role,
        holds_seat=account.holds_seat,
        last_active=used.last,
        days_active=used.days,
        active_told=used.told,
        person_name=str(person)[:300] if person else "",
        department=str(department or "")[:300],
        standing=person.told_standing if person else "",
        read_at=read_at,
        reviewer=reviewer,
        reviewer_email=reviewer.email,
    )


class _Use:
    """When accounts were used: as their app says, else as sign-ins to it through a sign-on
    service say of the person."""

    def __init__(self, review: Review, source: ReviewSource, accounts: Sequence[Account]) -> None:
        self.last = terms.today()
        self.first = self.last - timedelta(days=review.days - 1)
        self.tells = source.tells_activity
        self.days = self._direct(accounts) if self.tells else {}
        self.signs = {} if self.tells else self._signs(source, accounts)

    def of(self, account: Account) -> _Used:
        if self.tells:
            return _Used(account.last_active_at, self._days(account), DIRECT)
        if use := self.signs.get(account.person_id):
            held = masks(self.first, self.last)
            days = sum((getattr(use, name) & bits).bit_count() for name, bits in held)
            last = use.last_active and datetime.combine(use.last_active, time(), UTC)
            return _Used(last, days, SIGN_INS)
        return _Used(None, None, "")

    def _days(self, account: Account) -> int | None:
        """None where an app tells when an account was used last, and not on which days."""
        last, days = account.last_active_at, self.days.get(account.pk)
        return days or (0 if last is None or last.date() < self.first else None)

    def _direct(self, accounts: Iterable[Account]) -> dict[int, int]:
        rows = ActiveDays.objects.filter(
            account__in=[account.pk for account in accounts],
            app=0,
            month__range=(self.first.replace(day=1), self.last),
        )
        days: dict[int, int] = defaultdict(int)
        for account, month, bits in rows.values_list("account", "month", "days"):
            days[account] += sum(map(self._is_asked, days_of(month, bits)))
        return days

    def _is_asked(self, day: date) -> bool:
        return self.first <= day <= self.last

    def _signs(self, source: ReviewSource, accounts: Iterable[Account]) -> dict[int, Use]:
        people = [account.person_id for account in accounts if account.person_id]
        rows = Use.objects.filter(
            application=source.application_id, human__in=people, source=SIGN_INS
        )
        return {use.human: use for use in rows.only("human", "last_active", *NAMES)}


class _Reviewers:
    """Of one application. Members are found among the people by their address."""

    def __init__(self, review: Review, source: ReviewSource) -> None:
        self.fallback = review.fallback
        self.chosen: ReviewApplication = review.applications.select_related(
            "application__business_owner", "application__technical_owner"
        ).get(application=source.application_id)

    def of(self, account: Account) -> Member:
        others = [m for m in self._asked(account) if not self._is_own(account, m)]
        return others[account.pk % len(others)] if others else self.fallback

    def _asked(self, account: Account) -> Sequence[Member]:
        if self.chosen.way == ReviewApplication.MEMBERS:
            return self._named
        if self.chosen.way == ReviewApplication.MANAGER:
            manager = account.person.manager_id if account.person else None
            found = self._by_person.get(manager) if manager else None
            return [found] if found else []
        return self._owner

    @cached_property
    def _named(self) -> list[Member]:
        return [m for m in self._members.values() if m.pk in self.chosen.members]

    @cached_property
    def _owner(self) -> list[Member]:
        application: Application = self.chosen.application
        owner = getattr(application, self.chosen.way)
        found = self._by_person.get(owner.now().pk) if owner else None
        return [found] if found else []

    @cached_property
    def _members(self) -> dict[str, Member]:
        rows = Member.objects.filter(is_active=True).order_by("pk")
        return {email_key(member.email): member for member in rows}

    @cached_property
    def _by_person(self) -> dict[int, Member]:
        rows = PersonEmail.objects.filter(key__in=list(self._members))
        return {person: self._members[key] for person, key in rows.values_list("person", "key")}

    def _is_own(self, account: Account, member: Member) -> bool:
        theirs = self._by_person.get(account.person_id) if account.person_id else None
        return theirs == member or email_key(account.email) == email_key(member.email)
