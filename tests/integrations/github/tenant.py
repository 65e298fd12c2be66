"""The simulated organisation, and GitHub's connector pointed at it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from steward.demo.vendors.github_users import ORG
from steward.integrations.github.connector import GitHub
from steward.sdk.connector import Tenant
from steward.sdk.context import Context
from steward.sdk.network import Network
from steward.sdk.records import Record

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = "demo-token"


def github(url: str, auth: str = "token", **more: Any) -> GitHub:
    settings = {"org": ORG, "enterprise": more.pop("enterprise", ""), "url": url}
    credentials = more.pop("credentials", {"token": TOKEN})
    network = Network.of("127.0.0.0/8")
    return GitHub(
        Context(settings, credentials, auth=auth, network=network, **{"now": NOW, **more})
    )


def read(url: str, stream: str, after: Any = None, **more: Any) -> list[Record]:
    connector = github(url, **more)
    try:
        pages = list(getattr(connector, stream)(after))
    finally:
        connector.close()
    assert not [problem for page in pages for problem in page.problems]
    return [record for page in pages for record in page.records]


def check(url: str, **more: Any) -> Tenant:
    connector = github(url, **more)
    try:
        return connector.check()
    finally:
        connector.close()
