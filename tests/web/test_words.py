"""What an app says of somebody is shown in words."""

import pytest

from steward.inventory.account import Account
from steward.inventory.member import Member
from steward.sdk import records as r

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    member = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_yes_and_no_on_the_page_of_an_account(reader, connect, sync, company):
    company.people("ann", attributes={"mfa": True, "mfa_enforced": False, "org_unit": "/Sales"})
    sync(connect())
    ann = Account.objects.get(external_id="ann")
    text = reader.get(f"/accounts/{ann.pk}/").content.decode()
    assert '<dt>MFA</dt><dd class="text-break" dir="auto">yes</dd>' in text
    assert '<dt>MFA enforced</dt><dd class="text-break" dir="auto">no</dd>' in text
    assert '<dt>Org unit</dt><dd class="text-break" dir="auto">/Sales</dd>' in text


def test_an_application_is_named_once_on_the_page_of_a_person(reader, connect, sync, company):
    """Two ways lead to it: two tiles of a sign-on service, of which the company uses both."""
    company.people("ann")
    company.streams["apps"] = [
        r.App(id="one", name="Zoom"),
        r.App(id="two", name="Zoom"),
        r.App(id="pen", name="Penpot"),
        *(r.Assignment(app=app, account="ann") for app in ("one", "two", "pen")),
    ]
    sync(connect())
    person = Account.objects.get(external_id="ann").person_id
    text = reader.get(f"/people/{person}/").content.decode()
    part = text.partition("Applications given through sign-on")[2].partition("</section>")[0]
    assert (part.count(">Zoom<"), part.count(">Penpot<")) == (1, 1)
