"""How long an app asks us to wait, in every spelling that is in use.

Retry-After in seconds, as an HTTP date (RFC 9110, 10.2.3) or as an ISO time (Zoom); a reset as
epoch seconds (Okta, GitHub, GitLab), epoch milliseconds (Linear), seconds to wait (Datadog,
PagerDuty, Zendesk, the IETF's RateLimit-Reset) or a duration such as `120ms` or `6m0s` (OpenAI);
structured `RateLimit: "minute";r=0;t=30` (IETF draft, monday); or a field of the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from steward.sdk.paths import at

_RESETS = (
    "x-rate-limit-reset",
    "x-ratelimit-reset",
    "ratelimit-reset",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-requests-reset",
)
_REMAINING = (
    "x-rate-limit-remaining",
    "x-ratelimit-remaining",
    "ratelimit-remaining",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-requests-remaining",
)
_IN_BODY = (
    "retry_after",
    "retry_in_seconds",
    "error.retry_after",
    "errors.0.extensions.retry_in_seconds",
    "parameters.retry_after",
)
_STRUCTURED = re.compile(r"(?:^|[;,\s])r=(\d+)")
_STRUCTURED_TIME = re.compile(r"(?:^|[;,\s])t=(\d+)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

# An epoch in milliseconds, an epoch in seconds, or else a number of seconds to wait.
_MILLISECONDS, _SECONDS = 1e12, 1e9


def wait_asked(headers: Mapping[str, str], body: Any, now: datetime | None = None) -> float | None:
    """Seconds to wait after a refusal for haste; None where the answer gives no hint."""
    now = now or datetime.now(UTC)
    for name in ("retry-after", "x-retry-after", *_RESETS):
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None:
            return seconds
    structured = _STRUCTURED_TIME.search(headers.get("ratelimit", ""))
    if structured:
        return float(structured.group(1))
    for path in _IN_BODY:
        seconds = _seconds(str(at(body, path) or ""), now)
        if seconds is not None:
            return seconds
    return None


def left_of(headers: Mapping[str, str], now: datetime | None = None) -> tuple[int, float] | None:
    """How many requests the app still takes, and the seconds until it counts anew; None where an
    answer does not say both."""
    structured = _STRUCTURED.search(headers.get("ratelimit", ""))
    told = [structured.group(1)] if structured else []
    told += [headers[name].strip() for name in _REMAINING if name in headers]
    numbers = [int(text) for text in told if text.isascii() and text.isdecimal()]
    seconds = wait_asked(headers, None, now) if numbers else None
    return None if seconds is None else (min(numbers), seconds)


def _seconds(value: str, now: datetime) -> float | None:
    value = value.strip()
    if not value:
        return None
    try:
        return _from_number(float(value), now)
    except ValueError:
        pass
    if _DURATION.fullmatch(value) or re.fullmatch(f"(?:{_DURATION.pattern})+", value):
        return sum(float(n) * _UNITS[unit] for n, unit in _DURATION.findall(value))
    return _from_date(value, now)


def _from_number(number: float, now: datetime) -> float | None:
    if number >= _MILLISECONDS:
        return max(number / 1000 - now.timestamp(), 0.0)
    if number >= _SECONDS:
        return max(number - now.timestamp(), 0.0)
    return number if 0 <= number < _SECONDS else None


def _from_date(value: str, now: datetime) -> float | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value)
        except (ValueError, TypeError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max((moment - now).total_seconds(), 0.0)
    return None
