"""The engine, what people enter and the secrets once more, on a real PostgreSQL."""

from tests.postgresql import again_on


def test_all_holds_on_postgresql(postgresql):
    again_on(postgresql, "tests/sync", "tests/inventory", "tests/ledger", "tests/test_secrets.py")
