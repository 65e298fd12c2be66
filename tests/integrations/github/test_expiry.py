from datetime import UTC, datetime

import pytest

from steward.integrations.github.mapping import expiry


@pytest.mark.parametrize("text", ["2026-12-01 09:30:00 UTC", "2026-12-01 11:30:00 +0200"])
def test_github_says_when_a_token_ends(text):
    assert expiry(text) == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "some day"])
def test_github_may_say_nothing(text):
    assert expiry(text) is None
