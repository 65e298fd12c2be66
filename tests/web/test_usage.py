"""The usage page, and what pages of applications and people show of it."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.inventory.application import Application
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.sdk import records as r
from steward.sync import usage

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def reader(client, company, connect, sync):
    at = datetime.combine(TODAY - timedelta(days=1), datetime.min.time(), UTC)
    company.people("ann", "bob", last_active_at=at, attributes={"department": "R&D"})
    company.streams["activity"] = [
        r.Activity(account="ann", day=TODAY - timedelta(days=n)) for n in range(1, 90)
    ]
    sync(connect(slug="scripted_directory"))
    usage.tell_everything()
    member = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(reader, path, status=200):
    answer = reader.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_the_company_an_application_and_a_person(reader):
    number, person = Application.objects.get().pk, Person.objects.get(name="Ann").pk
    whole = text(reader, "/usage/")
    assert f'href="/applications/{number}/"' in whole
    assert f"application={number}&amp;days=" not in whole
    assert 'data-chart="trend-data"' in whole
    one = text(reader, f"/usage/?application={number}&days=90")
    assert ">89<" in one.replace(" ", "").replace("\n", "")
    assert "Scripted directory" in one
    assert "R&amp;D" in one
    theirs = text(reader, f"/usage/?person={person}")
    assert "Active applications by day" in theirs
    for path in (f"/applications/{number}/", f"/people/{person}/"):
        assert 'data-chart="usage-data"' in text(reader, path)


def test_what_is_asked_stays_when_the_list_is_narrowed(reader):
    number = Application.objects.get().pk
    page = text(reader, f"/usage/?application={number}&days=90&who=active&q=an")
    assert f'<input type="hidden" name="application" value="{number}">' in page
    assert '<input type="hidden" name="days" value="90">' in page
    assert "Ann" in page
    assert "bob@" not in page


def test_a_wrong_question_keeps_what_was_entered(reader):
    page = text(reader, "/usage/?from=soon&to=2026-01-01", 422)
    assert "From must be a day such as" in page
    assert 'value="soon"' in page


def test_the_file_has_everything_the_list_is_narrowed_to(reader):
    number = Application.objects.get().pk
    answer = reader.get(f"/usage/?application={number}&days=90&format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Name,E-mail,Application,Department")
    assert lines[1].split(",")[:4] == ["Ann", "ann@corp.example", "Scripted directory", "R&D"]
    assert len(lines) == 3
