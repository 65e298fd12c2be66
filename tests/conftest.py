"""Tests run on data of their own, with real parts; one that is missing fails the run in CI."""

import os

import pytest
from django.conf import settings
from django.db import connection

from steward.cli import migrating
from steward.insight import memory

pytest_plugins = ("tests.scripted", "tests.postgresql")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Where everything is installed, a test that skips for want of a real part has not passed."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if "needs " in reason:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped where it must run: {reason}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """SQLite keeps the tests' data in a file, as it keeps anybody's: in memory, readers and
    writers of two threads would meet locks that the product never meets."""
    connection.settings_dict["TEST"]["MIGRATE"] = False
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.STEWARD_DATA_DIR / "tests.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At once, from the models, as the product makes a new database."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        migrating.complete(editor)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _one_thread(request, monkeypatch):
    """A test inside one transaction has its data to itself: no other thread could see it."""
    marked = request.node.get_closest_marker("django_db")
    if not (marked and marked.kwargs.get("transaction")):
        monkeypatch.setattr("steward.sync.ahead.AHEAD", 0)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """A test that was rolled back has left traces that another one may leave again."""
    memory.forget()
