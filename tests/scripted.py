"""An integration whose app answers what a test has written, and the acts of an admin on it."""

from pathlib import Path

import pytest

import steward.integrations
from steward.sdk.catalogue import integrations

FOLDER = str(Path(__file__).parent / "integration_folder")


@pytest.fixture
def scripted_integration(monkeypatch):
    """A folder is all it takes to add an integration, in tests too."""
    from steward.sync import applications

    monkeypatch.setattr(steward.integrations, "__path__", [FOLDER])
    integrations.cache_clear()
    applications.known_names.cache_clear()
    yield
    integrations.cache_clear()
    applications.known_names.cache_clear()


@pytest.fixture
def company(scripted_integration):
    from steward.integrations.scripted.connector import COMPANIES, Company

    COMPANIES["acme"] = Company().people("ann", "bob", "cem")
    yield COMPANIES["acme"]
    COMPANIES.clear()


@pytest.fixture
def connect(company, db):
    from steward.sync import acts

    def connect(name="Acme", slug="scripted", **more):
        more = {"settings": {"company": "acme"}, "credentials": {"token": "good"}, **more}
        return acts.connect(slug, name=name, by="admin@corp.example", **more)

    return connect


@pytest.fixture
def sync():
    """Carry out the open run of an instance, asking for one where there is none."""
    from steward.sync import acts, engine

    def sync(instance):
        run = acts.request_sync(instance, by="admin@corp.example")
        engine.carry_out(run.pk)
        instance.refresh_from_db()
        run.refresh_from_db()
        return run

    return sync


@pytest.fixture
def page_by_page(monkeypatch):
    """A checkpoint after every page, where a test counts in pages."""
    from steward.sync import batches

    monkeypatch.setattr(batches, "RECORDS", 1)
