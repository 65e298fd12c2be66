"""One try at handing a message over: signed, to a checked address, within ten seconds, and
nowhere else."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from datetime import datetime

import httpx2
from django.conf import settings
from django.utils import timezone

from steward.inventory.signing import Sealed, opened, signatures
from steward.inventory.vault import SealBroken
from steward.inventory.webhook import WebhookDelivery
from steward.sdk.errors import ConnectorError
from steward.sdk.network import CheckedTransport, Network
from steward.sdk.ratelimit import wait_asked

SECONDS = 10.0
# The beginning of an answer says what is wrong; the rest is not read.
READ, SAID = 4096, 200
GONE = 410


@dataclass(frozen=True)
class Answer:
    """`status` is None where there was no answer; `error` is "" where it was delivered. `wait`
    are the seconds that the receiver asks for."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str = ""
    wait: float | None = None


def post(delivery: WebhookDelivery) -> Answer:
    at, began = timezone.now(), time.monotonic()
    status, error, wait = _tried(delivery, at)
    took = round((time.monotonic() - began) * 1000)
    return Answer(at, status, took, error, wait)


def _tried(delivery: WebhookDelivery, at: datetime) -> tuple[int | None, str, float | None]:
    try:
        return _answered(delivery, opened(delivery.webhook), at)
    except (SealBroken, ConnectorError) as error:
        return None, str(error), None
    except httpx2.TimeoutException:
        return None, f"It did not answer within {SECONDS:.0f} s.", None
    except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
        return None, _unreachable(error), None


def _answered(
    delivery: WebhookDelivery, what: Sealed, at: datetime
) -> tuple[int | None, str, float | None]:
    body = delivery.payload
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Steward",
        "Accept-Encoding": "identity",
        "webhook-id": delivery.message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(what, delivery.message, at, body),
    }
    transport = CheckedTransport(Network.of(settings.STEWARD_ALLOWED_NETWORKS), SECONDS)
    with (
        httpx2.Client(
            transport=transport, timeout=SECONDS, trust_env=False, follow_redirects=False
        ) as client,
        client.stream("POST", what.url, content=body.encode(), headers=headers) as response,
    ):
        status = response.status_code
        if response.is_success:
            return status, "", None
        wait = wait_asked(response.headers, None) if status in (429, 503) else None
        return status, _refused(response), wait


def _refused(response: httpx2.Response) -> str:
    status = response.status_code
    if response.is_redirect:
        return f"It answered {status}, a redirect; Steward follows none. Enter the address itself."
    if status == GONE:
        return "It answered 410: it is gone and wants no more messages."
    said = _beginning(response)
    return f"It answered {status}: {said}" if said else f"It answered {status}."


def _beginning(response: httpx2.Response) -> str:
    """In one line, without what a page or a terminal could take for more than text."""
    read = b""
    try:
        for part in response.iter_raw(READ):
            read += part
            if len(read) >= READ:
                break
    except httpx2.HTTPError:
        pass
    text = " ".join(read.decode("utf-8", "replace").split())
    return "".join(c for c in text if c.isprintable())[:SAID]


def _unreachable(error: BaseException) -> str:
    """Never the error's own words, which may hold the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Its certificate cannot be trusted ({cause.verify_message})."
        if isinstance(cause, ssl.SSLError):
            return "It does not speak TLS as it should; check the address."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.ConnectError):
        return "It cannot be reached."
    return "It broke off in the middle of its answer."
