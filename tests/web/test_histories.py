"""Timelines on the pages of accounts, people and instances."""

from datetime import UTC, datetime

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


def test_a_past_day_says_what_had_been_read_and_one_to_come_is_refused(reader, ann):
    path = "/reports/users-by-application/"
    today = datetime.now(UTC).date()
    text = reader.get(path, {"as_of": today}).content.decode()
    assert "; the oldest data was read on <time" in text
    assert f'name="as_of" value="{today}" max="{today}"' in text
    before = reader.get(path, {"as_of": "2001-01-01"}).content.decode()
    assert "Nothing had been read by then</p>" in before
    assert "Nothing had been read by the end of 1 January 2001." in before
    assert f"The first was read on {today:%-d %B %Y}." in before
    refused = reader.get(path, {"as_of": "2999-01-01"})
    assert "2999-01-01 is still to come" in refused.content.decode()
