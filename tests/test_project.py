"""What holds of the whole tree, checked by machine."""

import re
import subprocess
from pathlib import Path

import pytest

from steward.environment import SETTINGS
from steward.inventory.models import Member
from steward.sdk.catalogue import integrations

ROOT = Path(__file__).parents[1]
LONGEST = 300


def tracked(*endings):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [f for f in listed.stdout.splitlines() if f.endswith(endings) and (ROOT / f).is_file()]


def test_no_file_is_long():
    long = {
        file: count
        for file in tracked(".py", ".html", ".js", ".css")
        if (count := len((ROOT / file).read_text().splitlines())) > LONGEST
        and "/migrations/" not in file
    }
    assert long == {}


def test_no_file_is_a_drawer_for_everything():
    names = {Path(file).stem for file in tracked(".py")}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_lock_files_name_no_registry():
    locks = [*(ROOT / "requirements").glob("*.txt"), *tracked("package-lock.json")]
    for lock in locks:
        places = re.findall(
            r'"resolved"|--index-url|--find-links|registry\.', (ROOT / lock).read_text()
        )
        assert places == [], lock


def test_every_requirement_is_locked_by_hash():
    for lock in (ROOT / "requirements").glob("*.txt"):
        blocks = re.findall(
            r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL
        )
        assert len(blocks) > 20
        assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "configure.md").read_text()
    assert [s.name for s in SETTINGS if f"`{s.name}`" not in text] == []
    assert set(re.findall(r"`(STEWARD_[A-Z_]+)`", text)) == {s.name for s in SETTINGS}


def test_every_integration_is_documented():
    text = (ROOT / "docs" / "connect.md").read_text()
    assert [c.name for c in integrations().values() if c.name not in text] == []


@pytest.mark.django_db
def test_every_page_is_closed_to_strangers_and_every_act_to_readers(client):
    from django.urls import get_resolver

    open_to_all = {"sign-in", "sign-out", "welcome", "icon", "theme", "feed"}
    acts = {
        "recipients",
        "connect",
        "sync",
        "stop",
        "removals",
        "edit",
        "credential",
        "delete",
        "delete-users",
        "members",
        "tokens",
        "mail",
        "member",
        "revoke",
        "question",
        "new-licence",
        "edit-licence",
        "remove-licence",
        "set-price",
        "correct-price",
        "remove-price",
        "add-contract",
        "edit-contract",
        "renew-contract",
        "end-contract",
        "resume-contract",
        "delete-contract",
        "add-line",
        "edit-line",
        "remove-line",
        "add-document",
        "remove-document",
        "imports",
        "import-columns",
        "import-preview",
        "undo-import",
        "new-schedule",
        "edit-schedule",
        "run-schedule",
        "switch-schedule",
        "delete-schedule",
        "add-webhook",
        "edit-webhook",
        "switch-webhook",
        "test-webhook",
        "rotate-webhook",
        "delete-webhook",
        "redeliver",
        "new-review",
        "edit-review",
        "start-review",
        "close-review",
        "cancel-review",
        "remind-reviewers",
        "reassign-items",
        "share-report",
    }
    pages = [p for p in get_resolver().url_patterns[-1].url_patterns if p.name not in open_to_all]
    known = {
        "slug": "scim",
        "id": "1",
        "token": "x",
        "price": "1",
        "kind": "people",
        "delivery": "1",
        "item": "1",
    }
    reader = Member.objects.create_user("reader@corp.example", "x", role="reader")
    for page in pages:
        path = "/" + re.sub(r"<\w+:(\w+)>", lambda m: known[m[1]], str(page.pattern))
        client.logout()
        for method in (client.get, client.post):
            assert method(path).status_code in (302, 405), path
        if page.name in acts:
            client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
            assert client.post(path).status_code == 403, path
