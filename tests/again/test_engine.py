"""The engine, what people enter and the secrets once more, on a real PostgreSQL."""

import pytest

from tests.postgresql import again_on

# Tests that use the database come before all others, and of these two the whole run waits.
pytestmark = pytest.mark.django_db


def test_all_holds_on_postgresql(postgresql):
    again_on(postgresql, "tests/sync", "tests/inventory", "tests/ledger", "tests/test_secrets.py")
