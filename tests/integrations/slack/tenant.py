"""The simulated workspace, and Slack's connector pointed at it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from steward.integrations.slack.connector import Slack
from steward.sdk.connector import Tenant
from steward.sdk.context import Context
from steward.sdk.network import Network
from steward.sdk.records import Record

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = "demo-token"


def slack(url: str, **more: Any) -> Slack:
    settings = {"team": more.pop("team", ""), "url": url}
    network = Network.of("127.0.0.0/8")
    context = {"auth": "token", "network": network, "now": NOW, **more}
    return Slack(Context(settings, {"token": TOKEN}, **context))


def read(url: str, stream: str, after: Any = None, **more: Any) -> list[Record]:
    connector = slack(url, **more)
    try:
        pages = list(getattr(connector, stream)(after))
    finally:
        connector.close()
    assert not [problem for page in pages for problem in page.problems]
    return [record for page in pages for record in page.records]


def check(url: str) -> Tenant:
    connector = slack(url)
    try:
        return connector.check()
    finally:
        connector.close()
