"""The answers and the mails once more, on a real PostgreSQL."""

from tests.postgresql import again_on


def test_all_holds_on_postgresql(postgresql):
    again_on(postgresql, "tests/insight", "tests/notify")
