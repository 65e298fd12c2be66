"""What a webhook's messages are signed with, as Standard Webhooks has it: `whsec_` and base64.

Sealed together with the address, under the webhook's number, so that neither can be read in the
database nor moved to another webhook. After a change the former secret signs too for a day.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from standardwebhooks import Webhook as Signer

from steward.inventory.vault import seal, unseal
from steward.inventory.webhook import Webhook

PREFIX = "whsec_"
LENGTHS = range(24, 65)
BOTH_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Sealed:
    """`former_until` is an ISO time, "" where there is no former secret."""

    url: str
    secret: str
    former: str = ""
    former_until: str = ""

    def secrets(self, now: datetime) -> list[str]:
        until = self.former_until
        holds = bool(until) and now < datetime.fromisoformat(until)
        return [self.secret, self.former] if holds else [self.secret]

    def rotated(self, secret: str, now: datetime) -> Sealed:
        until = (now + BOTH_FOR).isoformat()
        return replace(self, secret=secret, former=self.secret, former_until=until)


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix(PREFIX).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return text.startswith(PREFIX) and len(key) in LENGTHS


def keep(webhook: Webhook, what: Sealed) -> None:
    """Into the row's own fields; saving is the caller's."""
    webhook.sealed = seal(asdict(what), f"webhook/{webhook.pk}")
    webhook.shown = shown(what.url)


def opened(webhook: Webhook) -> Sealed:
    """Raises `SealBroken`."""
    return Sealed(**unseal(webhook.sealed, f"webhook/{webhook.pk}"))


def signatures(what: Sealed, message: str, at: datetime, payload: str) -> str:
    """With a space between, the present secret's first."""
    return " ".join(Signer(s).sign(message, at, payload) for s in what.secrets(at))


def shown(url: str) -> str:
    """Without what may be a secret: user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    hidden = "?…" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{hidden}"
