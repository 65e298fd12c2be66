"""What needs a person today, the most valuable first; each leads to where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse

from steward.insight.attention import Attention, needing_attention
from steward.insight.charges import unmatched_vendors
from steward.insight.contracts import contracts, notice_within, renewing_within
from steward.insight.findings import reading
from steward.insight.licences import reclaimable
from steward.insight.reviews import overdue, waiting_for
from steward.insight.schedules import failing
from steward.insight.secure import LATELY, new_risky
from steward.insight.summary import Summary
from steward.insight.webhooks import disabled
from steward.inventory import money
from steward.inventory.finding import CRITICAL
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
        _found,
        lambda: _to_decide(member) if member else iter(()),
        lambda: _overdue_reviews() if member and member.is_admin else iter(()),
        _notices,
        lambda: _seats(summary, sees_money),
        lambda: (one for one in instances if one.colour != RED),
        _not_sent,
        _renewals,
        lambda: _vendors() if sees_money else iter(()),
        lambda: _orphans(summary),
    )
    return [todo for part in parts for todo in part()]


def _leavers(summary: Summary) -> Found:
    """What was accepted needs nobody."""
    count, href = _open("leaver-active") or (
        summary.leavers_accounts,
        _report("leavers-with-live-accounts"),
    )
    if count:
        text = (
            f"account{_s(count)} of people who have left still {'works' if count == 1 else 'work'}"
        )
        yield Todo(f"{count:,}", text, href, RED, "user-x")


def _of_instance(item: Attention) -> Todo:
    href = reverse("instance", args=[item.instance.pk])
    colour = RED if item.kind in ("revoked", "removals_held") else ORANGE
    return Todo(item.instance.name, "", href, colour, "plug-off", item.sentence)


def _open(rule: str) -> tuple[int, str] | None:
    """How many findings of a rule are open, and where they are; None before it was asked."""
    if not reading.is_told():
        return None
    return reading.open_by(rule), f"{reverse('findings')}?rule={rule}"


def _found() -> Found:
    """Grave findings by rule, but for what has a line of its own. Apps that are new and risky are
    told before the others that nobody has approved."""
    newly = list(_let_in())
    yield from newly
    own = ("leaver-active", "account-nobody-owns", *(["unapproved-app"] if newly else []))
    for standing in reading.standings():
        slug, count = standing.rule.slug, standing.grave
        if count and slug not in own:
            href = f"{reverse('findings')}?rule={slug}&severity={reading.GRAVE}"
            colour = RED if standing.severity == CRITICAL else ORANGE
            text = standing.rule.one if count == 1 else standing.rule.many
            yield Todo(f"{count:,}", text, href, colour, "alert-octagon")


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
        in_all = reading.open_by("unapproved-app")
        more = f"Nobody has approved {in_all:,} such apps in all." if in_all > count else ""
        yield Todo(f"{count:,}", text, href, RED, "shield-check", more)


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


def _not_sent() -> Found:
    """What somebody waits for elsewhere and does not get."""
    for webhook in disabled():
        href = reverse("webhook", args=[webhook.pk])
        said = f"The webhook is disabled. {webhook.disabled_why}"
        yield Todo(webhook.name, "", href, ORANGE, "webhook", said)
    for schedule in failing():
        href = reverse("schedule", args=[schedule.pk])
        said = f"The schedule fails. {schedule.last_sentence}"
        yield Todo(schedule.name, "", href, ORANGE, "calendar-time", said)


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
    count, href = _open("account-nobody-owns") or (summary.orphans, _report("orphan-accounts"))
    if count:
        text = f"account{_s(count)} that nobody owns"
        yield Todo(f"{count:,}", text, href, AZURE, "user-question")


def _report(slug: str) -> str:
    return reverse("report", args=[slug])


def _s(count: int) -> str:
    return "" if count == 1 else "s"
