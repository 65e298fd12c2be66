"""Connecting to a Microsoft tenant on loopback, and reading its streams whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from steward.demo.vendors.microsoft_answers import CLIENT, TENANT
from steward.demo.vendors.microsoft_directory import SECRET
from steward.integrations.microsoft_365.connector import Microsoft365
from steward.sdk.connector import Cursor, Page
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network

LOOPBACK = Network.of("127.0.0.0/8")
STREAMS = ("accounts", "groups", "licenses", "apps", "grants", "activity")


@contextmanager
def microsoft(
    url: str, *, login: str = "", auth: str = "secret", tenant: str = TENANT, **given: Any
) -> Iterator[Microsoft365]:
    """`login` is where tokens are fetched, where that is another address. Pauses are as long as
    Microsoft asks for; those between tries after a failure are left out."""
    credentials = given.pop("credentials", {"client_id": CLIENT, "client_secret": SECRET})
    settings = {"tenant": tenant, "cloud": "global", "login_url": login or url, "graph_url": url}
    limiter = Limiter()
    limiter.back_off = lambda attempt: None  # type: ignore[method-assign]
    context = Context(settings, credentials, auth, network=LOOPBACK, limiter=limiter, **given)
    connector = Microsoft365(context)
    try:
        yield connector
    finally:
        connector.close()


def pages(connector: Microsoft365, stream: str, after: Cursor = None) -> list[Page[Any]]:
    return list(getattr(connector, stream)(after))


def read(connector: Microsoft365, stream: str, after: Cursor = None) -> list[Any]:
    found = pages(connector, stream, after)
    assert not [problem for page in found for problem in page.problems]
    return [record for page in found for record in page.records]


def read_until_refused(
    connector: Microsoft365, stream: str
) -> tuple[ConnectorError | None, list[Any]]:
    """The error that ends the reading, and what was read before."""
    records: list[Any] = []
    try:
        for page in getattr(connector, stream)(None):
            records += page.records
    except ConnectorError as error:
        return error, records
    return None, records
