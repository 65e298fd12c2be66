"""From an answer to one of the four errors. Rules look at the status, a header and a field of the
body, never at the wording of a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.paths import at

Statuses: TypeAlias = "int | range | tuple[int, ...] | None"


@dataclass(frozen=True)
class Rule:
    """`at` is a dotted path in the JSON body and `is_in` the values it must have (empty: any but
    missing). `header_is` "" asks only that the header is there. `missing_at` is the path of the
    name of the scope that is missing."""

    error: type[ConnectorError]
    status: Statuses = None
    at: str = ""
    is_in: tuple[str | int | bool, ...] = ()
    header: str = ""
    header_is: str = ""
    message: str = ""
    missing_at: str = ""

    def fits(self, status: int, headers: Mapping[str, str], body: Any) -> bool:
        return self.fits_status(status) and self._header_fits(headers) and self._body_fits(body)

    def fits_status(self, status: int) -> bool:
        if self.status is None:
            return True
        return status == self.status if isinstance(self.status, int) else status in self.status

    def _header_fits(self, headers: Mapping[str, str]) -> bool:
        if not self.header:
            return True
        value = headers.get(self.header)
        return value is not None and (not self.header_is or value == self.header_is)

    def _body_fits(self, body: Any) -> bool:
        if not self.at:
            return True
        value = at(body, self.at)
        return value in self.is_in if self.is_in else value is not None

    def make(self, body: Any, default: str, retry_after: float | None) -> ConnectorError:
        message = self.message or default
        if self.error is Forbidden:
            missing = at(body, self.missing_at) if self.missing_at else None
            names = tuple(str(missing).replace(",", " ").split()) if missing else ()
            return Forbidden(message, missing=names)
        if self.error is Unavailable:
            return Unavailable(message, retry_after=retry_after)
        return self.error(message)


USUAL = (
    Rule(Unauthorized, 401, message="The app refused the credential."),
    Rule(Forbidden, 403, message="The credential lacks a permission for this."),
    Rule(Unavailable, (408, 425), message="The app did not answer in time."),
    Rule(Unavailable, 429, message="The app asks to slow down."),
    Rule(Unavailable, range(500, 600), message="The app is out of order at the moment."),
    Rule(Unexpected, range(400, 1000), message="The app did not understand the request."),
)


def judge(
    rules: tuple[Rule, ...],
    status: int,
    headers: Mapping[str, str],
    body: Any,
    retry_after: float | None,
) -> ConnectorError | None:
    """The error an answer amounts to; None where it is well. An answer of 200 is an error only
    where a rule of the integration says so by name."""
    for rule in rules:
        named = rule.status is not None or status >= 400
        if named and rule.fits(status, headers, body):
            return rule.make(body, _usual_message(status), retry_after)
    if status < 400:
        return None
    usual = next(rule for rule in USUAL if rule.fits(status, headers, body))
    message = f"{usual.message.rstrip('.')} (HTTP {status})."
    return replace(usual, message=message).make(body, message, retry_after)


def looks_inside(rules: tuple[Rule, ...], status: int) -> bool:
    """Whether the body has a say in what this answer amounts to."""
    named = (rule for rule in rules if rule.at and rule.status is not None)
    return status >= 400 or any(rule.fits_status(status) for rule in named)


def _usual_message(status: int) -> str:
    usual = next((rule for rule in USUAL if rule.fits(status, {}, None)), None)
    return usual.message if usual else "The app answered with an error."
