"""What needs a person today, the most valuable first; each leads to where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse

from steward.insight.attention import Attention, needing_attention
from steward.insight.charges import unmatched_vendors
from steward.insight.contracts import contracts, notice_within, renewing_within
from steward.insight.licences import reclaimable
from steward.insight.reviews import overdue, waiting_for
from steward.insight.secure import LATELY, new_risky
from steward.insight.summary import Summary
from steward.inventory import money
from steward.inventory.member import Member

NOTICE_DAYS, RENEWAL_DAYS = 30, 90
RED, ORANGE, AZURE = "red", "orange", "azure"


@dataclass(frozen=True)
class Todo:
    """`lead` is the number or name it begins with, `more` a second line."""

    lead: str
    text: str
    href: str
    colour: str
    symbol: str
    more: str = ""


Found: TypeAlias = Iterator[Todo]


def todos(summary: Summary, sees_money: bool, member: Member | None = None) -> list[Todo]:
    """`member` is who looks: some things wait for one person alone."""
    instances = [_of_instance(one) for one in needing_attention()]
    grave = [one for one in instances if one.colour == RED]
    parts: tuple[Callable[[], Found], ...] = (
        lambda: _leavers(summary),
        lambda: iter(grave),
        lambda: _to_decide(member) if member else iter(()),
        lambda: _overdue_reviews() if member and member.is_admin else iter(()),
        _let_in,
        _notices,
        lambda: _seats(summary, sees_money),
        lambda: (one for one in instances if one.colour != RED),
        _renewals,
        lambda: _vendors() if sees_money else iter(()),
        lambda: _orphans(summary),
    )
    return [todo for part in parts for todo in part()]


def _leavers(summary: Summary) -> Found:
    if count := summary.leavers_accounts:
        text = (
            f"account{_s(count)} of people who have left still {'works' if count == 1 else 'work'}"
        )
        yield Todo(f"{count:,}", text, _report("leavers-with-live-accounts"), RED, "user-x")


def _of_instance(item: Attention) -> Todo:
    href = reverse("instance", args=[item.instance.pk])
    colour = RED if item.kind in ("revoked", "removals_held") else ORANGE
    return Todo(item.instance.name, "", href, colour, "plug-off", item.sentence)


def _to_decide(member: Member) -> Found:
    for one in waiting_for(member):
        awaits = "account awaits" if one.count == 1 else "accounts await"
        due = f"{one.review.due_on:%-d %B %Y}"
        said = f"It was due on {due}." if one.is_overdue else f"It is due on {due}."
        text = f"{awaits} your decision in {one.review.name}"
        href = reverse("review-items", args=[one.review.pk])
        href += f"?reviewer={member.pk}&decision=undecided"
        colour = RED if one.is_overdue else ORANGE
        yield Todo(f"{one.count:,}", text, href, colour, "user-check", said)


def _overdue_reviews() -> Found:
    for review in overdue():
        said = f"was due on {review.due_on:%-d %B %Y} and is not closed"
        href = reverse("review", args=[review.pk])
        yield Todo(review.name, said, href, RED, "checklist")


def _let_in() -> Found:
    if count := len(new_risky(LATELY)):
        apps = "app" if count == 1 else "apps"
        text = f"{apps} of high risk, let in within {LATELY} days and not approved by anybody"
        href = f"{reverse('secure')}?risky={LATELY}&status=not-approved"
        yield Todo(f"{count:,}", text, href, RED, "shield-check")


def _notices() -> Found:
    if count := notice_within(contracts(), NOTICE_DAYS).count():
        text = f"contract{_s(count)} can only be ended by notice within {NOTICE_DAYS} days"
        href = f"{reverse('contracts')}?status=notice-soon"
        yield Todo(f"{count:,}", text, href, ORANGE, "calendar-due")


def _seats(summary: Summary, sees_money: bool) -> Found:
    """Where no price is known, they are seats all the same."""
    seats, monthly, currency, left_out = reclaimable()
    if sees_money and seats and monthly:
        text = f"paid seat{_s(seats)} to take back: {money.text(monthly, currency)} a month"
        yield Todo(f"{seats:,}", text, reverse("waste"), ORANGE, "wallet", left_out)
    elif count := summary.unused_seats:
        text = f"paid seat{_s(count)} to take back"
        yield Todo(f"{count:,}", text, _report("paid-seats-unused"), ORANGE, "wallet")


def _renewals() -> Found:
    if count := renewing_within(contracts(), RENEWAL_DAYS).count():
        does = "renews or ends" if count == 1 else "renew or end"
        text = f"contract{_s(count)} {does} within {RENEWAL_DAYS} days"
        href = f"{reverse('contracts')}?within={RENEWAL_DAYS}"
        yield Todo(f"{count:,}", text, href, AZURE, "calendar-event")


def _vendors() -> Found:
    if count := unmatched_vendors().count():
        was = "vendor was" if count == 1 else "vendors were"
        text = f"{was} paid, and nobody knows what for"
        yield Todo(f"{count:,}", text, reverse("vendors"), AZURE, "receipt")


def _orphans(summary: Summary) -> Found:
    if count := summary.orphans:
        text = f"account{_s(count)} that nobody owns"
        yield Todo(f"{count:,}", text, _report("orphan-accounts"), AZURE, "user-question")


def _report(slug: str) -> str:
    return reverse("report", args=[slug])


def _s(count: int) -> str:
    return "" if count == 1 else "s"
