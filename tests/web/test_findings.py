"""The pages of findings: the list, one, accepting, and where else they are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.inventory.finding import Finding
from steward.sdk import records as r
from steward.work import findings
from tests.web.test_applications import page, sign_in

pytestmark = pytest.mark.django_db
SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()


@pytest.fixture
def read(connect, sync, company):
    company.people("ann")
    company.streams["accounts"] += [
        r.Account(id="bot", username="bot <1>", kind="service"),
        r.Account(id="old", username="old", kind="service"),
        r.Account(
            id="eve", name="Eve", email="eve@corp.example", role="admin", attributes={"mfa": False}
        ),
    ]
    company.streams["grants"] = [
        r.App(id="z", name="Zoom"),
        r.Grant(app="z", account="ann", scopes=("mail",)),
    ]
    sync(connect())
    findings.tell()


@pytest.fixture
def admin(client, read):
    return sign_in(client, "admin")


def of(name):
    return Finding.objects.get(name=name)


def path_of(name, act=""):
    return f"/secure/findings/{of(name).pk}/{act}"


def test_the_list_counts_by_rule_and_severity_and_is_narrowed(admin):
    shown = page(admin, "/secure/findings/")
    assert "bot &lt;1&gt;" in shown
    assert "Steward sees no role" not in shown
    rows = shown.rpartition("<tbody>")[2]
    assert rows.index("Eve") < rows.index("Zoom") < rows.index("bot &lt;1&gt;")
    severities = admin.get("/secure/findings/").context["severities"]
    assert severities == {"critical": 1, "high": 1, "medium": 2, "low": 0}
    one_rule = page(admin, "/secure/findings/", rule="unapproved-app")
    assert "What to do:" in one_rule
    assert "Eve" not in one_rule.rpartition("<tbody>")[2]
    file = admin.get("/secure/findings/", {"format": "csv", "severity": "critical"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "no second factor" in lines[1]
    assert "Eve" in page(admin, "/reports/findings/")


def test_a_finding_shows_its_evidence_and_what_to_do(admin):
    shown = page(admin, path_of("Eve"))
    for text in ("says that the account has no second factor", "Have a second factor set up"):
        assert text in shown, text
    assert f'href="/accounts/{of("Eve").account_id}/"' in shown
    app = page(admin, path_of("Zoom"))
    assert f'href="/secure/apps/{of("Zoom").application_id}/"' in app
    page(admin, "/secure/findings/999999999/", 404)


def test_findings_stand_on_the_pages_of_what_they_are_about(admin):
    eve = of("Eve").account
    for path in (
        f"/accounts/{eve.pk}/",
        f"/people/{eve.person_id}/",
        f"/applications/{eve.instance.application_id}/",
    ):
        assert path_of("Eve") in page(admin, path), path
    assert path_of("Zoom") in page(admin, f"/applications/{of('Zoom').application_id}/")


def test_accepting_asks_for_a_reason_and_an_end_and_keeps_what_was_typed(admin):
    answer = admin.post(path_of("Eve", "accept/"), {"reason": "Only <me>", "until": "2020-01-01"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Only &lt;me&gt;" in shown
    assert 'id="until-error"' in shown
    answer = admin.post(
        path_of("Eve", "accept/"), {"reason": "Only <me>", "until": SOON}, follow=True
    )
    assert "The finding is accepted." in answer.content.decode()
    assert of("Eve").accepted_by == "admin@corp.example"
    assert "“Only &lt;me&gt;”" in page(admin, path_of("Eve"))
    assert "Eve" not in page(admin, "/secure/findings/").rpartition("<tbody>")[2]
    assert "Eve" in page(admin, "/secure/findings/", state="accepted").rpartition("<tbody>")[2]
    admin.post(path_of("Eve", "withdraw/"))
    assert of("Eve").state == "open"
    answer = admin.post(path_of("Eve", "withdraw/"), follow=True)
    assert "Nobody has accepted this finding." in answer.content.decode()


def test_several_are_accepted_at_once(admin):
    many = "/secure/findings/accept/?rule=account-nobody-owns"
    chosen = [of("bot <1>").pk, of("old").pk]
    wrong = admin.post(many, {"chosen": chosen, "reason": "", "until": SOON})
    shown = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'id="reason-error"' in shown
    assert shown.count("checked aria-label") == 2
    assert "Eve" not in shown.rpartition("<tbody>")[2]
    none = admin.post(many, {"reason": "Kept", "until": SOON})
    assert (none.status_code, "Tick the findings" in none.content.decode()) == (422, True)
    Finding.objects.filter(name="old").update(state="ended")
    answer = admin.post(many, {"chosen": chosen, "reason": "Kept", "until": SOON})
    assert answer["Location"] == "/secure/findings/?rule=account-nobody-owns"
    assert "1 of 2 ticked findings are accepted. 1 were over" in page(admin, answer["Location"])
    assert admin.get(many)["Location"] == "/secure/findings/?rule=account-nobody-owns"


def test_readers_look_and_accept_nothing(client, read):
    reader = sign_in(client, "reader")
    assert "Accept the ticked ones" not in page(reader, "/secure/findings/")
    assert "An admin may" in page(reader, path_of("Eve"))
    for path in (
        path_of("Eve", "accept/"),
        path_of("Eve", "withdraw/"),
        "/secure/findings/accept/",
    ):
        assert reader.post(path, {"reason": "x", "until": SOON}).status_code == 403


def test_home_counts_what_is_grave_and_open(admin):
    def lines():
        return {todo.href: todo.lead for todo in admin.get("/").context["todos"]}

    second = "/secure/findings/?rule=admin-without-second-factor&severity=grave"
    unapproved = "/secure/findings/?rule=unapproved-app&severity=grave"
    nobodys = "/secure/findings/?rule=account-nobody-owns"
    assert {lines()[path] for path in (second, unapproved)} == {"1"}
    assert lines()[nobodys] == "2"
    for name in ("Eve", "old"):
        admin.post(path_of(name, "accept/"), {"reason": "Known", "until": SOON})
    assert second not in lines()
    assert lines()[nobodys] == "1"
