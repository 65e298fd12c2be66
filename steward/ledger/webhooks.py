"""What people do with webhooks. The secret is given back by what makes it, and never again."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from steward.inventory import signing
from steward.inventory.edit import Edit
from steward.inventory.problems import Conflict, Invalid, refuse
from steward.inventory.signing import Sealed
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import trail
from steward.ledger.entered import Wrong, text
from steward.sdk.fields import FieldError
from steward.sdk.network import Network

KIND = "webhook"
LONGEST_NAME, LONGEST_URL = 200, 2000
NO_SECRET = (
    "A secret is whsec_ and 24 to 64 bytes in base64. Leave it empty, and Steward makes one."  # noqa: S105
)


@transaction.atomic
def create(given: Mapping[str, Any], *, known: Collection[str], by: str) -> tuple[Webhook, str]:
    """`name`, `url`, `events` (names out of `known`), `secret` ("" or none: made here). With the
    secret. Raises `Invalid`."""
    values = _read(given, known, whole=True)
    secret = values.pop("secret") or signing.new_secret()
    url = values.pop("url")
    row = Webhook.objects.create(**values, sealed=b"", shown="", made_by=by)
    signing.keep(row, Sealed(url, secret))
    row.save(update_fields=["sealed", "shown"])
    Edit.note(KIND, row, trail.MADE, by, after={**values, "url": row.shown})
    return row, secret


@transaction.atomic
def edit(row: Webhook, given: Mapping[str, Any], *, known: Collection[str], by: str) -> None:
    """`name`, `url`, `events`, `enabled`. An address given as it is shown stays what it is."""
    row = Webhook.objects.select_for_update().get(pk=row.pk)
    stays = given.get("url") == row.shown
    values = _read({n: v for n, v in given.items() if n != "url" or not stays}, known)
    url, enabled = values.pop("url", None), values.pop("enabled", None)
    if url is not None:
        before = row.shown
        now = signing.opened(row)
        signing.keep(row, Sealed(url, now.secret, now.former, now.former_until))
        row.save(update_fields=["sealed", "shown"])
        note = {"before": {"url": before}, "after": {"url": row.shown}}
        Edit.note(KIND, row, trail.CHANGED, by, **note)
    trail.change(KIND, row, values, by=by)
    if enabled is not None:
        _switch(row, enabled, by)


def _switch(row: Webhook, enabled: bool, by: str) -> None:
    """Switched on, it begins anew: what waits is delivered now."""
    if not trail.change(KIND, row, {"enabled": enabled}, by=by):
        return
    Webhook.objects.filter(pk=row.pk).update(failing_since=None, disabled_at=None, disabled_why="")
    if enabled:
        waiting = row.deliveries.filter(state=WebhookDelivery.QUEUED, tried_once=False)
        waiting.update(next_try_at=timezone.now())


@transaction.atomic
def rotate(row: Webhook, given: str = "", *, by: str) -> str:
    """A new secret in place of the present one, which signs too for a day. The new one."""
    row = Webhook.objects.select_for_update().get(pk=row.pk)
    secret = _checked("secret", lambda: _secret(given)) or signing.new_secret()
    signing.keep(row, signing.opened(row).rotated(secret, timezone.now()))
    row.save(update_fields=["sealed", "shown"])
    Edit.note(KIND, row, "rotated", by)
    return secret


@transaction.atomic
def delete(row: Webhook, *, by: str) -> None:
    """With its messages. Not while a schedule sends to it."""
    names = list(row.schedules.order_by("name").values_list("name", flat=True)[:3])
    if names:
        raise Conflict(f"Schedules send to it: {', '.join(names)}. Change them first.", "in_use")
    Edit.note(KIND, row, trail.REMOVED, by, before={"name": row.name, "url": row.shown})
    row.delete()


def redeliver(row: WebhookDelivery, *, by: str) -> None:
    """The same message again, under its own id, as soon as may be."""
    if not row.webhook.enabled:
        raise Conflict("The webhook is switched off. Enable it first.", "disabled")
    if row.tried_once:
        raise Conflict("This was a test; press Test for another one.", "is_test")
    anew = {"state": WebhookDelivery.QUEUED, "next_try_at": timezone.now(), "delivered_at": None}
    rows = WebhookDelivery.objects.filter(pk=row.pk)
    ended = rows.exclude(state=WebhookDelivery.QUEUED)
    if not ended.update(**anew, attempts=0):
        rows.update(next_try_at=timezone.now())
    Edit.note(KIND, row.webhook, "redelivered", by, after={"message": row.message})


def _read(given: Mapping[str, Any], known: Collection[str], whole: bool = False) -> dict[str, Any]:
    """Only what was given; all of it for a new one."""
    readers: dict[str, Callable[[Any], Any]] = {
        "name": text(LONGEST_NAME, "Give it a name."),
        "url": _url,
        "events": lambda value: _events(value, known),
        **({"secret": _secret} if whole else {"enabled": bool}),
    }
    values, errors = {}, []
    for name, read in readers.items():
        if whole or name in given:
            try:
                values[name] = read(given.get(name))
            except Wrong as wrong:
                errors.append(FieldError(name, str(wrong)))
    refuse(errors)
    return values


def _checked(name: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except Wrong as wrong:
        raise Invalid([FieldError(name, str(wrong))]) from None


def _url(value: Any) -> str:
    url = text(LONGEST_URL, "Give the address to send to.")(value)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not _is_plain(url):
        raise Wrong("The address must look like https://example.com/hooks.")
    _check_network(host)
    return url


def _is_plain(url: str) -> bool:
    return url.isprintable() and " " not in url


def _check_network(host: str) -> None:
    """What is seen without asking the DNS; the rest is checked whenever something is sent."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return
    if not Network.of(settings.STEWARD_ALLOWED_NETWORKS).permits(address):
        raise Wrong(
            f"{host} is a private or reserved address that Steward does not connect to. If it is "
            "meant, the operator can allow its range with STEWARD_ALLOWED_NETWORKS."
        )


def _events(value: Any, known: Collection[str]) -> list[str]:
    chosen = set(value or ())
    unknown = sorted(chosen - set(known))
    if unknown:
        raise Wrong(f"There is no event {unknown[0][:60]}. There are: {', '.join(known)}.")
    return [name for name in known if name in chosen]


def _secret(value: Any) -> str:
    found = str(value or "").strip()
    if found and not signing.is_secret(found):
        raise Wrong(NO_SECRET)
    return found
