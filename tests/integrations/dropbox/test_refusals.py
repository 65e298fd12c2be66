"""How Dropbox says no, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from steward.integrations.dropbox.walking import ANEW
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.limiter import Limiter
from tests.integrations.dropbox.tenant import SECRET, Team, check, dropbox, read

STREAMS = ["accounts", "groups", "licenses", "grants", "activity"]
OUTAGES = [("html", Unexpected), ("half", Unexpected), ("empty", Unexpected), ("500", Unavailable)]


@pytest.mark.parametrize(
    ("stream", "scope"),
    [
        ("accounts", "members.read"),
        ("groups", "groups.read"),
        ("licenses", "team_info.read"),
        ("grants", "sessions.list"),
        ("activity", "events.read"),
    ],
)
def test_names_the_missing_scope(url: str, team: Team, stream: str, scope: str) -> None:
    """Though it comes with the status of a dead token."""
    team.controls.missing_scopes = {scope}
    with pytest.raises(Forbidden, match="lacks a scope") as refused:
        read(url, stream)
    assert refused.value.missing == (scope,)


def test_what_the_plan_does_not_have_is_no_dead_token(url: str, team: Team) -> None:
    team.controls.plan = "basic"
    with pytest.raises(Forbidden, match="its plan does not have it"):
        read(url, "activity")
    assert read(url, "accounts")


def test_a_token_that_has_run_out_is_renewed_in_the_middle(url: str, team: Team) -> None:
    whole = read(url, "accounts")
    team.controls.page_cap = 10
    connector = dropbox(url)
    pages = connector.accounts(None)
    records = list(next(pages).records)
    team.controls.tokens.clear()
    records += [record for page in pages for record in page.records]
    connector.close()
    assert records == whole


def test_a_team_that_disconnected_the_app_is_told(url: str, team: Team) -> None:
    team.controls.page_cap, team.controls.revoke_after = 10, 3
    connector = dropbox(url)
    with pytest.raises(Unauthorized) as refused:
        list(connector.accounts(None))
    connector.close()
    assert refused.value.final
    assert "has withdrawn the consent" in refused.value.message
    assert SECRET not in str(refused.value)


def test_a_refresh_token_that_dropbox_does_not_know_is_refused(url: str) -> None:
    connector = dropbox(url, refresh="another")
    with pytest.raises(Unauthorized):
        connector.check()
    connector.close()


@pytest.mark.parametrize("stream", STREAMS)
def test_a_cursor_that_holds_no_longer_lets_the_list_begin_anew(
    url: str, team: Team, stream: str
) -> None:
    """Nobody is lost, and who is told of twice is the same again."""
    whole = {*map(repr, read(url, stream))}
    team.controls.page_cap, team.lost = 3, 1
    assert {*map(repr, read(url, stream))} == whole


def test_a_read_goes_on_though_its_cursor_was_forgotten_meanwhile(url: str, team: Team) -> None:
    team.controls.page_cap = 10
    connector = dropbox(url)
    cursor = next(connector.accounts(None)).cursor
    connector.close()
    team.cursors.clear()
    assert len(read(url, "accounts", cursor)) == len(read(url, "accounts"))


def test_a_list_whose_cursors_never_hold_is_given_up(url: str, team: Team) -> None:
    team.controls.page_cap, team.lost = 10, 1000
    with pytest.raises(Unexpected, match="again and again"):
        read(url, "accounts")
    assert len(team.asked) == ANEW


def test_a_short_rate_limit_is_waited_for(url: str, team: Team) -> None:
    """Dropbox says in the body how long."""
    team.controls.page_cap = 5
    whole = read(url, "accounts")
    team.controls.rate_limit = (4, 1)
    assert read(url, "accounts") == whole
    assert team.controls.refused


def test_a_long_rate_limit_is_left_to_the_engine(url: str, team: Team) -> None:
    team.controls.page_cap, team.controls.rate_limit = 5, (3, 900)
    with pytest.raises(Unavailable) as parked:
        read(url, "accounts")
    assert parked.value.retry_after is not None
    assert 600 < parked.value.retry_after <= 900


@pytest.mark.parametrize(("broken", "error"), OUTAGES)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_broken_answer_ends_no_stream(
    url: str, team: Team, stream: str, broken: Any, error: type[ConnectorError]
) -> None:
    check(url)
    team.controls.broken, team.controls.paths = broken, ("/2/",)
    with pytest.raises(error) as failed:
        read(url, stream, limiter=Limiter(sleep=lambda _: None))
    assert SECRET not in f"{failed.value!r} {failed.value} {getattr(failed.value, 'sample', '')}"


@pytest.mark.parametrize("cursor", ["the-same-again", None])
def test_a_list_that_does_not_lead_on_is_found_out(
    url: str, team: Team, cursor: str | None
) -> None:
    """Nobody would be removed for it, and nothing is read for ever."""
    team.controls.page_cap, team.stuck, team.stuck_at = 10, True, cursor
    with pytest.raises(Unexpected, match="does not lead on"):
        read(url, "accounts")


def test_a_scope_that_the_app_console_does_not_give_is_told(url: str, team: Team) -> None:
    """Dropbox says so in prose."""
    team.controls.missing_scopes = {"members.read"}
    team.unticked = True
    with pytest.raises(Unexpected, match="App Console"):
        read(url, "accounts")
