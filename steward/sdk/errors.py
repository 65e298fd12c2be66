"""The four ways in which an app can fail to answer. Each has one consequence in the engine.

    ConnectorError
    ├── Unauthorized   the credential is refused   → checked again; refused twice means revoked
    ├── Forbidden      the credential lacks a permission → the stream is skipped and named
    ├── Unavailable    down, slow, or asks to slow down → tried again later
    └── Unexpected     an answer that cannot be understood → failing, with a redacted sample

A message is one sentence for an admin, without secrets: it is shown in pages, mails and the API.
An app's own words in it may hold a NUL, which no PostgreSQL stores.
"""

from __future__ import annotations


class ConnectorError(Exception):
    code = "unexpected"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message.replace("\x00", "")


class Unauthorized(ConnectorError):
    """`final` is true when nothing needs to be checked again: `invalid_grant` from a token
    endpoint (RFC 6749, 5.2) is a verdict of the authorization server itself."""

    code = "unauthorized"

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Forbidden(ConnectorError):
    """`missing` holds the names of the scopes or roles that would open the door, where known."""

    code = "forbidden"

    def __init__(self, message: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class Unavailable(ConnectorError):
    """`retry_after` is in seconds, as the app asked for it; None when it did not say."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unexpected(ConnectorError):
    """`sample` is a redacted piece of the answer, kept for whoever mends the integration."""

    code = "unexpected"

    def __init__(self, message: str, *, sample: str = "") -> None:
        super().__init__(message)
        self.sample = sample
