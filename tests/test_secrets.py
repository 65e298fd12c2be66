"""A secret that goes in comes out nowhere: not in a page, an answer, a log, a file of the database,
an error or a mail."""

import logging
import re

import pytest
from django.conf import settings
from django.urls import get_resolver

from steward.inventory.instance import Instance
from steward.inventory.mail import Mail
from steward.inventory.member import ApiToken, Member
from steward.notify import writing
from steward.sdk.errors import Unexpected
from steward.sync import acts

SECRET = "tell-nobody-5f2c81d0"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lived(company, sync, caplog):
    """An instance that has been through everything, with a secret that all of it depends on."""
    caplog.set_level(logging.DEBUG)
    company.token = SECRET
    admin = Member.objects.create_user("admin@corp.example", SECRET, role="admin")
    _, token = ApiToken.make("secrets", "admin")
    given = {"settings": {"company": "acme"}, "credentials": {"token": SECRET}}
    instance = acts.connect("scripted", name="Acme", by="admin", member=admin, **given)
    sync(instance)
    company.faults[("accounts", 0)] = Unexpected("Half an answer.", sample="HTTP 200: not JSON")
    sync(instance)
    company.faults.clear()
    company.token = "another"
    sync(instance)
    with pytest.raises(acts.Refused):
        acts.edit(instance, by="admin", status="live")
    with pytest.raises(acts.Refused):
        acts.edit(instance, by="admin", credentials={"token": SECRET + "x"})
    writing.write_mails()
    return admin, token


def test_no_page_answer_mail_or_log_tells_a_secret(lived, client, caplog):
    admin, token = lived
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    ids = {"id": str(Instance.objects.get().pk), "slug": "scripted", "token": "x"}
    ids |= {"price": "1", "kind": "people", "delivery": "1", "item": "1"}
    told = []
    for page in get_resolver().url_patterns[-1].url_patterns:
        path = "/" + re.sub(r"<\w+:(\w+)>", lambda m: ids[m[1]], str(page.pattern))
        told.append((path, client.get(path).content.decode(errors="replace")))
    header = {"Authorization": f"Bearer {token}"}
    one = f"instances/{ids['id']}"
    paths = ("instances", one, f"{one}/runs", f"{one}/moments", "accounts", "openapi.json")
    told += [(p, client.get(f"/api/v1/{p}", headers=header).content.decode()) for p in paths]
    form = {"name": "Again", "settings.company": "acme", "credentials.token.token": SECRET}
    wrong = client.post("/integrations/scripted/connect/", form)
    assert wrong.status_code == 422
    told.append(("connect form", wrong.content.decode()))
    body = {"integration": "scripted", "name": "", "settings": {}, "credentials": {"x": SECRET}}
    answer = client.post("/api/v1/instances", body, "application/json", headers=header)
    assert answer.status_code == 422
    told.append(("422", answer.content.decode()))
    told += [("mail", f"{m.subject} {m.body}") for m in Mail.objects.all()]
    told.append(("log", caplog.text))
    assert Mail.objects.exists()
    assert [where for where, text in told if SECRET in text] == []


def test_the_file_of_the_database_holds_no_secret(lived):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("The file of a PostgreSQL server is not ours to read.")
    dump = "\n".join(connection.connection.iterdump())
    assert "Acme" in dump
    assert SECRET not in dump
    assert SECRET.encode().hex() not in dump.lower()


def test_the_key_lies_beside_the_database_for_the_owner_alone():
    file = settings.STEWARD_DATA_DIR / "secret_key"
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_text()) >= 32
