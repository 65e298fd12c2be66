"""Timelines on the pages of accounts, people and instances."""

import pytest

from steward.inventory.account import Account
from steward.inventory.member import Member
from steward.sdk import records as r

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, company):
    member = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ann(connect, sync, company):
    instance = connect()
    sync(instance)
    company.people("ann", "bob", status="disabled")
    company.streams["groups"] = [
        r.Group(id="g", name="<Crew>"),
        r.Membership(group="g", account="ann"),
    ]
    sync(instance)
    return Account.objects.get(external_id="ann")


def test_each_page_tells_what_happened(reader, ann):
    for path in (f"/accounts/{ann.pk}/", f"/people/{ann.person_id}/"):
        text = reader.get(path).content.decode()
        assert "joined &lt;Crew&gt;" in text
        assert "disabled" in text
        assert "first seen" in text
    text = reader.get(f"/instances/{ann.instance.pk}/").content.decode()
    assert "sync: 2 changed, 1 removed" in text
    assert f'href="/accounts/{ann.pk}/"' in text


def test_further_back_is_a_page_of_its_own(reader, ann, company, sync):
    for title in range(40):
        company.people("ann", "bob", role=f"rank {title}")
        sync(ann.instance)
    path = f"/accounts/{ann.pk}/"
    text = reader.get(path).content.decode()
    assert "rank 39" in text
    assert "first seen" not in text
    assert 'href="?back=30#history"' in text
    older = reader.get(path, {"back": "30"}).content.decode()
    assert "first seen" in older
    assert 'href="?back=0#history"' in older
    assert reader.get(path, {"back": "-1; x"}).status_code == 200
