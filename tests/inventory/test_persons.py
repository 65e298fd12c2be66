"""Rows written in bulk trust that a person stays; the database does not look for them."""

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.person import Person, PersonEmail

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return Person.objects.create(name="Ann", email="ann@corp.example")


def test_whoever_has_an_account_is_not_deleted(ann):
    now = timezone.now()
    Account.objects.create(
        instance_id=1, external_id="a1", person=ann, status=Account.ACTIVE, kind="person",
        since=now, first_seen_at=now, digest=bytes(16),
    )  # fmt: skip
    with pytest.raises(ProtectedError):
        ann.delete()


def test_whoever_has_an_address_is_not_deleted(ann):
    PersonEmail.objects.create(person=ann, key="ann@corp.example")
    with pytest.raises(ProtectedError):
        Person.objects.filter(pk=ann.pk).delete()
