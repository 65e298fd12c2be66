"""What an app says of somebody is shown in words."""

import pytest

from steward.inventory.account import Account
from steward.inventory.member import Member

pytestmark = pytest.mark.django_db


def test_yes_and_no_on_the_page_of_an_account(client, connect, sync, company):
    company.people("ann", attributes={"mfa": True, "mfa_enforced": False, "org_unit": "/Sales"})
    sync(connect())
    member = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    ann = Account.objects.get(external_id="ann")
    text = client.get(f"/accounts/{ann.pk}/").content.decode()
    assert '<dt>MFA</dt><dd class="text-break" dir="auto">yes</dd>' in text
    assert '<dt>MFA enforced</dt><dd class="text-break" dir="auto">no</dd>' in text
    assert '<dt>Org unit</dt><dd class="text-break" dir="auto">/Sales</dd>' in text
