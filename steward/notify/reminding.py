"""Reminders of contracts: 90, 60 and 30 days before a term is over, and on the last day for notice.

Of what is past only the nearest is told, so that a contract entered late brings one mail and not
four. That it was told is written with the mails, under a lock on the contract: once each, however
many workers look. A date that has moved is another date, of which nothing was told yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from steward.inventory import money, terms
from steward.inventory.company import Company
from steward.inventory.contract import Contract, ContractReminder
from steward.inventory.mail import Mail, Recipient
from steward.inventory.member import Member, Role
from steward.inventory.person import Person
from steward.inventory.terms import Term

DAYS = (90, 60, 30)
NOTICE = "notice"


@dataclass(frozen=True)
class Due:
    """`day` is the date that is told of, `since` the one from which on it is to be told."""

    kind: str
    day: date
    since: date


def write_reminders(today: date | None = None) -> int:
    """How many mails were written."""
    today = today or terms.today()
    return sum(_tell(pk, today) for pk in waiting(today))


def waiting(today: date | None = None) -> list[int]:
    """The contracts of which something is to be told."""
    today = today or terms.today()
    rows = _in_reach(today)
    told = _told(rows)
    return [row.pk for row in rows if _untold(row, today, told)]


def _in_reach(today: date) -> list[Contract]:
    soon = Q(ends_on__lte=today + timedelta(days=max(DAYS))) | Q(notice_on__lte=today)
    lives = Q(ends_on__gte=today) | Q(auto_renews=True)
    return list(Contract.objects.filter(soon, lives, ended_on=None, ends_on__isnull=False))


def _told(rows: Iterable[Contract]) -> set[tuple[int, str, date]]:
    sent = ContractReminder.objects.filter(contract__in=[row.pk for row in rows])
    return set(sent.values_list("contract", "kind", "day"))


def _untold(contract: Contract, today: date, told: set[tuple[int, str, date]]) -> list[Due]:
    nearest = due(terms.term_of(contract, today), today)
    return [d for d in nearest if (contract.pk, d.kind, d.day) not in told]


def due(term: Term, today: date) -> list[Due]:
    """What was to be told last: two dates where they fall on one day."""
    if term.ends_on is None or term.renews_on is None or term.ends_on < today:
        return []
    found = [Due(str(days), term.renews_on, term.renews_on - timedelta(days=days)) for days in DAYS]
    if term.notice_on is not None:
        found.append(Due(NOTICE, term.notice_on, term.notice_on))
    past = [d for d in found if d.since <= today]
    return [d for d in past if d.since == max(p.since for p in past)]


@transaction.atomic
def _tell(pk: int, today: date) -> int:
    contract = Contract.objects.select_for_update().filter(pk=pk, ended_on=None).first()
    if contract is None:
        return 0
    untold, addresses = _untold(contract, today, _told([contract])), readers(contract)
    if not untold or not addresses:
        return 0
    ContractReminder.objects.bulk_create(
        ContractReminder(contract=contract, kind=d.kind, day=d.day) for d in untold
    )
    subject, body = letter(contract, untold, today)
    mails = [Mail(to=address, subject=subject, body=body) for address in addresses]
    Mail.objects.bulk_create(mails)
    return len(mails)


def readers(contract: Contract) -> list[str]:
    """The owner, and those who are named for mail. Where that leaves nobody who is still there,
    all admins are told, so that no date passes in silence."""
    owner = contract.owner.now() if contract.owner else None
    named = list(Recipient.objects.order_by("email").values_list("email", flat=True))
    found = [owner.email] if owner and owner.email else []
    has_left = owner is not None and owner.told_standing == Person.LEFT
    if not named and (has_left or not found):
        admins = Member.objects.filter(role=Role.ADMIN, is_active=True)
        found += admins.order_by("email").values_list("email", flat=True)
    return list({address.lower(): address for address in [*found, *named]}.values())


def letter(contract: Contract, untold: list[Due], today: date) -> tuple[str, str]:
    """Subject and body: what happens when, until when something can be done, and where."""
    term = terms.term_of(contract, today)
    name = " ".join(contract.name.split())
    is_notice = any(d.kind == NOTICE for d in untold)
    subject = (
        _notice_subject(term.notice_on, today)
        if is_notice
        else _renewal_subject(contract, term.renews_on, today)
    )
    parts = [_what_happens(contract, term), _notice(contract, term, today), _facts(contract, term)]
    where = f"{settings.STEWARD_BASE_URL}/contracts/{contract.pk}/"
    body = "\n\n".join([*filter(None, parts), where, "— Steward"])
    return f"{name}: {subject}"[:300], body


def _notice_subject(day: date | None, today: date) -> str:
    if day == today:
        return "today is the last day for notice"
    return f"the last day for notice was {_said(day)}"


def _renewal_subject(contract: Contract, renews_on: date | None, today: date) -> str:
    days = (renews_on - today).days if renews_on else 0
    when = "tomorrow" if days == 1 else f"in {days} days"
    return f"{'renews' if contract.auto_renews else 'ends'} {when}"


def _what_happens(contract: Contract, term: Term) -> str:
    if not contract.auto_renews:
        return f"The contract ends on {_said(term.ends_on)}, unless somebody renews it."
    months = terms.months_of(contract) or 12
    length = "a month" if months == 1 else f"{months} months"
    return f"The contract renews by itself on {_said(term.renews_on)}, for {length}."


def _notice(contract: Contract, term: Term, today: date) -> str:
    if term.notice_on is None:
        return ""
    if term.notice_on < today:
        return f"The last day for notice was {_said(term.notice_on)}."
    said = "today" if term.notice_on == today else _said(term.notice_on)
    return (
        f"Notice can be given until {said}. Look at who uses it before; if you give notice, enter "
        "the end of the contract in Steward, and it reminds nobody any more."
    )


def _facts(contract: Contract, term: Term) -> str:
    """What it costs only where everybody may see it: who reads the mail is not known here."""
    company = Company.get()
    seen = contract.value is not None and company.readers_see_money
    facts = {
        "Vendor": contract.vendor,
        "Reference": contract.reference,
        "Value of the term": money.text(contract.value, contract.currency) if seen else "",
        "Owner": str(contract.owner.now()) if contract.owner else "nobody yet",
    }
    return "\n".join(f"{name}: {' '.join(v.split())}" for name, v in facts.items() if v)


def _said(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else "a day nobody has entered"
