"""How GitHub says no, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.limiter import Limiter
from tests.integrations.github.tenant import TOKEN, check, github, read

OUTAGES = [("html", Unexpected), ("half", Unexpected), ("empty", Unexpected), ("500", Unavailable)]


def test_a_credential_that_sees_the_public_face_alone_is_not_taken_for_a_good_one(
    url: str, controls: Controls
) -> None:
    """GitHub answers with the public members, as if they were all: such a read must not end."""
    controls.missing_scopes = {"read:org"}
    with pytest.raises(Forbidden, match="read:org") as refused:
        check(url)
    assert refused.value.missing == ("read:org",)
    with pytest.raises(Forbidden, match="must belong to an owner"):
        read(url, "accounts")


@pytest.mark.parametrize(
    ("stream", "scope", "said", "missing"),
    [
        ("activity", "read:audit_log", "audit log", "read:audit_log"),
        ("groups", "read:org", "teams", "read:org"),
        ("licenses", "manage_billing:copilot", "Copilot Business", "read:org"),
    ],
)
def test_names_what_is_not_permitted(
    url: str, controls: Controls, stream: str, scope: str, said: str, missing: str
) -> None:
    controls.missing_scopes = {scope}
    with pytest.raises(Forbidden, match=said) as refused:
        read(url, stream)
    assert refused.value.missing == (missing,)


def test_names_the_plan_that_the_audit_log_needs(url: str, controls: Controls) -> None:
    controls.plan = "team"
    with pytest.raises(Forbidden, match="GitHub Enterprise Cloud"):
        read(url, "activity")


def test_names_the_permission_as_the_form_of_a_fine_grained_token_does(
    straight: str, controls: Controls
) -> None:
    controls.plan = "team"
    credentials = {"fine_grained_token": TOKEN}
    with pytest.raises(Forbidden) as refused:
        read(straight, "activity", auth="fine_grained", credentials=credentials)
    assert refused.value.missing == ("Administration: read",)


def test_says_that_single_sign_on_is_demanded(url: str, controls: Controls) -> None:
    controls.missing_scopes = {"sso"}
    with pytest.raises(Forbidden, match="Configure SSO"):
        check(url)


def test_says_that_there_is_no_such_organisation(straight: str) -> None:
    connector = github(straight)
    connector.org = "elsewhere"
    with pytest.raises(Forbidden, match="no organisation “elsewhere”"):
        connector.check()
    connector.close()


def test_a_short_rate_limit_is_waited_for(url: str, controls: Controls) -> None:
    whole = read(url, "groups")
    controls.rate_limit = (4, 1)
    assert read(url, "groups") == whole
    assert controls.refused or controls.requests


def test_a_long_rate_limit_is_left_to_the_engine(url: str, controls: Controls) -> None:
    controls.rate_limit = (3, 1800)
    with pytest.raises(Unavailable) as parked:
        read(url, "groups")
    assert parked.value.retry_after is not None
    assert 1000 < parked.value.retry_after <= 1900


def test_a_token_revoked_in_the_middle_is_noticed(url: str, controls: Controls) -> None:
    controls.page_cap = 10
    controls.revoke_after = 6
    connector = github(url)
    with pytest.raises(Unauthorized) as refused:
        list(connector.accounts(None))
    with pytest.raises(Unauthorized):
        connector.check()
    connector.close()
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(("broken", "error"), OUTAGES)
@pytest.mark.parametrize("stream", ["accounts", "groups", "licenses", "activity"])
def test_a_broken_answer_ends_no_stream(
    straight: str, controls: Controls, stream: str, broken: Any, error: type[ConnectorError]
) -> None:
    controls.page_cap = 20
    controls.broken, controls.broken_after = broken, 3
    with pytest.raises(error) as failed:
        read(straight, stream, limiter=Limiter(sleep=lambda _: None))
    assert TOKEN not in f"{failed.value!r} {failed.value} {getattr(failed.value, 'sample', '')}"
