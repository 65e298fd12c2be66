"""Connecting to an Okta on loopback, and reading its streams whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from steward.integrations.okta.connector import Okta
from steward.sdk.connector import Cursor, Page
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network

TOKEN = "demo-token"
LOOPBACK = Network.of("127.0.0.0/8")
# Requests before the first page of a stream: who the administrators are, and the factors of each.
BEFORE = {"accounts": 1 + 4}


@contextmanager
def okta(url: str, *, auth: str = "token", **given: Any) -> Iterator[Okta]:
    """Pauses are as long as Okta asks for; those between tries after a failure are left out."""
    credentials = given.pop("credentials", {"token": TOKEN})
    limiter = Limiter()
    limiter.back_off = lambda attempt: None  # type: ignore[method-assign]
    context = Context({"url": url}, credentials, auth, network=LOOPBACK, limiter=limiter, **given)
    connector = Okta(context)
    try:
        yield connector
    finally:
        connector.close()


def pages(connector: Okta, stream: str, after: Cursor = None) -> list[Page[Any]]:
    return list(getattr(connector, stream)(after))


def read(connector: Okta, stream: str, after: Cursor = None) -> list[Any]:
    found = pages(connector, stream, after)
    assert not [problem for page in found for problem in page.problems]
    return [record for page in found for record in page.records]


def read_until_refused(connector: Okta, stream: str) -> tuple[ConnectorError | None, list[Any]]:
    """The error that ends the reading, and what was read before."""
    records: list[Any] = []
    try:
        for page in getattr(connector, stream)(None):
            records += page.records
    except ConnectorError as error:
        return error, records
    return None, records
