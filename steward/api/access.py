"""Who calls: a bearer token, and what its role may do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from steward.api.problems import Problem
from steward.inventory.member import ApiToken, Member
from steward.inventory.money import sees_money
from steward.inventory.report import SavedReport
from steward.ledger.deciding import Decider

SAFE = ("GET", "HEAD", "OPTIONS")
# The one thing that is a Reader's to do: deciding what waits for them in an access review. The
# ledger checks account by account that it does.
READERS_DECIDE = ("review-items", "review-item")


class Token(HttpBearer):
    """Readers may look; admins may act."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = ApiToken.find(token)
        if found is None:
            return None
        _mark_used(found)
        if request.method not in SAFE and not found.is_admin and not _decides(request, found):
            raise Problem(403, "forbidden", "This token may read and not change anything.")
        return found


def _decides(request: HttpRequest, token: ApiToken) -> bool:
    """With a Reader's own token. What an admin has made for reading stays for reading."""
    asked, member = request.resolver_match, token.created_by
    is_theirs = member is not None and member.is_active and not member.is_admin
    is_deciding = request.method == "PATCH" and asked is not None
    return is_theirs and is_deciding and asked.url_name in READERS_DECIDE  # type: ignore[union-attr]


def _mark_used(token: ApiToken) -> None:
    """To the minute: a write for every request would be too much."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def only_admins(request: HttpRequest) -> None:
    if not _token(request).is_admin:
        raise Problem(403, "forbidden", "This needs an admin's token.")


def money_seen(request: HttpRequest) -> bool:
    return sees_money(_token(request).is_admin)


def only_with_money(request: HttpRequest) -> None:
    if not money_seen(request):
        raise Problem(403, "forbidden", "What things cost is for an admin's token here.")


def actor(request: HttpRequest) -> str:
    return f"token {_token(request).name}"


def maker(request: HttpRequest) -> Member | None:
    """Who made the token: the one to tell of what it connects."""
    return _token(request).created_by


def decider(request: HttpRequest) -> Decider:
    """Who decides by this token: the member who made it, named beside it."""
    token = _token(request)
    member = token.created_by
    by = f"{member.email}, by token {token.name}" if member else actor(request)
    return Decider(by, member, token.is_admin)


def _token(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def visible(request: HttpRequest, slug: str) -> SavedReport | None:
    """A saved report that the token may see: all of them, or those that are shared with everybody
    (whoever holds a reader's token need not be who made it)."""
    saved = SavedReport.called(slug)
    return saved if saved and (saved.shared or _token(request).is_admin) else None


def visible_reports(request: HttpRequest) -> Any:
    rows = SavedReport.objects.select_related("owner").order_by("name", "pk")
    return rows if _token(request).is_admin else rows.filter(shared=True)
