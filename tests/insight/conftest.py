"""An inventory written by the engine itself, from what apps would say."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.sdk.records import Account, License, Seat

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=90)
LATELY = NOW - timedelta(days=2)


def account(name, **more):
    return Account(id=name, email=f"{name}@corp.example", name=name.title(), **more)


@pytest.fixture
def app(scripted_integration, db, sync):
    """Connect an app that holds these records, and read it. `kind` is what it is to Steward."""
    from steward.integrations.scripted.connector import COMPANIES, Company

    from steward.sync import acts

    class App:
        slug = "scripted"

        def __init__(self, name, *accounts, **streams):
            self.company = COMPANIES[name] = Company()
            self.company.streams = {"accounts": list(accounts), **streams}
            self.instance = acts.connect(
                self.slug,
                name=name,
                settings={"company": name},
                credentials={"token": "good"},
                by="test",
            )
            sync(self.instance)

        def now_says(self, *accounts, **streams):
            self.company.streams = {"accounts": list(accounts), **streams}
            return sync(self.instance)

    yield App
    COMPANIES.clear()


@pytest.fixture
def directory(app):
    """The same, as a directory: its word counts on who is employed."""

    class Directory(app):
        slug = "scripted_directory"

    return Directory


def seats(*names, active=None):
    return [
        License(id="pro", name="Pro"),
        *(Seat(license="pro", account=n, last_active_at=active) for n in names),
    ]
