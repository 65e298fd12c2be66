"""How Slack says no, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.limiter import Limiter
from tests.integrations.slack.tenant import TOKEN, check, read, slack

STREAMS = ["accounts", "groups", "licenses", "grants", "activity"]
OUTAGES = [("html", Unexpected), ("half", Unexpected), ("empty", Unexpected), ("500", Unavailable)]


@pytest.mark.parametrize(
    ("stream", "scope"),
    [
        ("accounts", "users:read"),
        ("groups", "usergroups:read"),
        ("licenses", "admin"),
        ("grants", "admin"),
        ("activity", "admin"),
    ],
)
def test_names_the_missing_scope(url: str, controls: Controls, stream: str, scope: str) -> None:
    controls.missing_scopes = {scope}
    with pytest.raises(Forbidden, match="lacks a scope") as refused:
        read(url, stream)
    assert refused.value.missing == (scope,)


def test_access_logs_of_a_free_workspace_are_named_by_plan(url: str, controls: Controls) -> None:
    controls.plan = "free"
    with pytest.raises(Forbidden, match="paid plan"):
        read(url, "activity")
    assert read(url, "accounts")


def test_a_revoked_token_is_refused(url: str, controls: Controls) -> None:
    controls.revoked = True
    with pytest.raises(Unauthorized) as refused:
        check(url)
    assert TOKEN not in str(refused.value)


def test_a_token_that_slack_does_not_know_is_refused(url: str, controls: Controls) -> None:
    controls.tokens = {"another"}
    with pytest.raises(Unauthorized):
        check(url)


def test_a_token_revoked_in_the_middle_is_noticed(url: str, controls: Controls) -> None:
    controls.page_cap = 40
    controls.revoke_after = 3
    connector = slack(url)
    pages = connector.accounts(None)
    read_before = [next(pages), next(pages), next(pages)]
    with pytest.raises(Unauthorized):
        next(pages)
    connector.close()
    assert all(page.records and page.cursor for page in read_before)


def test_a_short_rate_limit_is_waited_for(url: str, controls: Controls) -> None:
    controls.page_cap = 60
    whole = read(url, "accounts")
    controls.rate_limit = (2, 1)
    assert read(url, "accounts") == whole
    assert controls.refused


def test_a_long_rate_limit_is_left_to_the_engine(url: str, controls: Controls) -> None:
    controls.page_cap = 60
    controls.rate_limit = (2, 900)
    with pytest.raises(Unavailable) as parked:
        read(url, "accounts")
    assert parked.value.retry_after is not None
    assert 600 < parked.value.retry_after <= 900


@pytest.mark.parametrize(("broken", "error"), OUTAGES)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_broken_answer_ends_no_stream(
    straight: str, controls: Controls, stream: str, broken: Any, error: type[ConnectorError]
) -> None:
    controls.page_cap = 20
    controls.broken = broken
    controls.broken_after = 0 if stream == "groups" else 2
    with pytest.raises(error) as failed:
        read(straight, stream, limiter=Limiter(sleep=lambda _: None))
    assert TOKEN not in f"{failed.value!r} {failed.value} {getattr(failed.value, 'sample', '')}"
