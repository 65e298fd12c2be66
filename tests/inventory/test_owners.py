"""Owners who were entered as text, before they were people."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from steward.inventory import migrations
from steward.inventory.application import Application
from steward.inventory.person import Person


@pytest.mark.django_db
def test_an_address_of_somebody_known_becomes_that_person():
    folder = Path(migrations.__file__).parent
    (name,) = (file.stem for file in folder.glob("*_application_records.py"))
    ann = Person.objects.create(name="Ann", email="ann@corp.example")
    ann.emails.create(key="ann@corp.example")
    for owner in ("Ann+apps@Corp.example", "gone@corp.example", "The IT team"):
        Application.objects.create(key=owner, name=owner, owner=owner)
    moved = import_module(f"steward.inventory.migrations.{name}")
    editor = SimpleNamespace(connection=connection, execute=connection.cursor().execute)
    moved.owners_become_people(apps, editor)
    found = Application.objects.order_by("pk").values_list("owner", "business_owner")
    assert list(found) == [("", ann.pk), ("gone@corp.example", None), ("The IT team", None)]
