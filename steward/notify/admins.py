"""Who is told of what concerns nobody else: those named for mail, else all admins."""

from __future__ import annotations

from steward.inventory.mail import Recipient
from steward.inventory.member import Member, Role


def those_who_run_it() -> list[str]:
    named = list(Recipient.objects.order_by("email").values_list("email", flat=True))
    return named or admins()


def admins() -> list[str]:
    rows = Member.objects.filter(role=Role.ADMIN, is_active=True)
    return list(rows.order_by("email").values_list("email", flat=True))
