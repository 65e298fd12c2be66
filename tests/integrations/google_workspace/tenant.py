"""Connecting to a Google on loopback, and reading its streams whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from steward.demo.vendors.google_controls import ADMIN, CLIENT, SECRET, GoogleControls
from steward.demo.vendors.google_robot import EMAIL, Robot
from steward.integrations.google_workspace.connector import GoogleWorkspace
from steward.sdk.connector import Cursor, Page
from steward.sdk.context import Context, MemoryTokens
from steward.sdk.errors import ConnectorError
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network

LOOPBACK = Network.of("127.0.0.0/8")


@cache
def robot() -> Robot:
    return Robot.made()


def controls() -> GoogleControls:
    return GoogleControls(public_keys={EMAIL: robot().public_key})


def settings(url: str) -> dict[str, Any]:
    return {
        "suspended": "paused",
        "url": url,
        "licensing_url": url,
        "token_url": f"{url}/token",
        "consent_url": f"{url}/o/oauth2/v2/auth",
    }


@contextmanager
def google(url: str, **given: Any) -> Iterator[GoogleWorkspace]:
    """Pauses are as long as Google asks for; those between tries are short."""
    credentials = given.pop(
        "credentials", {"service_account_key": robot().key_file, "admin": ADMIN}
    )
    auth = given.pop("auth", "service_account")
    told = settings(url) | given.pop("settings", {})
    limiter = Limiter()
    limiter.back_off = lambda attempt: None  # type: ignore[method-assign]
    limiter = given.pop("limiter", limiter)
    connector = GoogleWorkspace(
        Context(told, credentials, auth, network=LOOPBACK, limiter=limiter, **given)
    )
    try:
        yield connector
    finally:
        connector.close()


def consented(controls: GoogleControls, scopes: str) -> dict[str, Any]:
    """What a context has after an administrator has agreed."""
    controls.refresh_tokens["1//given"] = scopes
    tokens = MemoryTokens()
    tokens.save({"refresh_token": "1//given"})
    client = {"client_id": CLIENT, "client_secret": SECRET}
    return {"auth": "oauth", "credentials": client, "tokens": tokens}


def pages(connector: GoogleWorkspace, stream: str, after: Cursor = None) -> list[Page[Any]]:
    return list(getattr(connector, stream)(after))


def read(connector: GoogleWorkspace, stream: str, after: Cursor = None) -> list[Any]:
    found = pages(connector, stream, after)
    assert not [problem for page in found for problem in page.problems]
    return [record for page in found for record in page.records]


def read_until_refused(
    connector: GoogleWorkspace, stream: str
) -> tuple[ConnectorError | None, list[Any]]:
    """The error that ends the reading, and what was read before."""
    records: list[Any] = []
    try:
        for page in getattr(connector, stream)(None):
            records += page.records
    except ConnectorError as error:
        return error, records
    return None, records
