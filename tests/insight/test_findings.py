"""Findings: what each rule sees, what it cannot be asked, and how findings end and come back."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.insight.findings import reading
from steward.insight.reports import report
from steward.insight.secure import applications_with_access
from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.finding import CRITICAL, HIGH, Finding, FindingsTold
from steward.inventory.instance import Book
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import applications as records
from steward.ledger import findings as ledger
from steward.sdk import records as r
from steward.sync import acts
from steward.sync.deleting import purge_closed
from steward.work import findings as work
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(days=400)


def tomorrow(days=1):
    return datetime.now(UTC).date() + timedelta(days=days)


def found(rule, state="open"):
    """What is found after asking the rules, as {subject's name: severity}."""
    work.tell()
    rows = reading.narrowed(reading.findings(), {"rule": rule, "state": state})
    return {row.name: reading.severity_word(row.severity) for row in rows}


def one(name):
    return Finding.objects.get(name=name)


@pytest.fixture
def staff(directory):
    return directory("Staff", account("ann"), account("bob", status="disabled"), account("cid"))


def test_leavers_are_found_and_administrators_among_them_are_graver(staff, app):
    app("App", account("ann"), account("bob", last_active_at=LATELY))
    app("Root", account("bob", role="Owner"))
    assert found("leaver-active").keys() == {"Bob"}
    graver, grave = Finding.objects.filter(rule="leaver-active").order_by("-severity")
    assert (graver.severity, grave.severity) == (CRITICAL, HIGH)
    said = {row.instance.name: row.said for row in Finding.objects.filter(rule="leaver-active")}
    assert said.keys() == {"App", "Root"}
    assert "the account in App still works" in said["App"]
    assert "may administer the app (Owner)" in said["Root"]
    staff.now_says(account("ann"), account("bob"), account("cid"))
    assert found("leaver-active") == {}
    assert Finding.objects.filter(rule="leaver-active", state="ended").count() == 2


def test_an_administrator_without_a_second_factor_is_found_where_the_app_tells(app):
    app(
        "Tells",
        account("ann", role="admin", attributes={"mfa": False}),
        account("bea", role="Viewer, Owner", attributes={"mfa": False}),
        account("cid", role="admin", attributes={"mfa": True}),
        account("dan", role="administrative assistant", attributes={"mfa": False}),
        account("eve", role="admin", status="disabled", attributes={"mfa": False}),
    )
    app("Silent", account("ann", role="admin"))
    app("Without roles", account("ann"))
    assert found("admin-without-second-factor") == {"Ann": "critical", "Bea": "critical"}
    (standing,) = (s for s in reading.standings() if s.rule.slug == "admin-without-second-factor")
    assert standing.open == standing.grave == 2
    assert standing.unasked == (
        "Steward sees no administrator in: Without roles.",
        "Steward does not know the second factor in: Silent.",
    )
    missing = report("findings").run({"rule": "admin-without-second-factor"}).provenance.missing
    assert set(standing.unasked) <= set(missing)


def test_a_dormant_administrator_was_not_active_for_90_days_or_never(app):
    old = NOW - timedelta(days=91)
    app(
        "App",
        account("ann", role="admin", last_active_at=old),
        account("bea", role="admin", last_active_at=LATELY),
        account("cid", role="admin", created_at=EARLIER),
        account("dan", role="admin", created_at=LATELY),
        account("eve", role="member", last_active_at=old),
    )
    app("Silent", account("ann", role="admin", created_at=EARLIER))
    assert found("dormant-admin") == {"Ann": "high", "Cid": "high"}
    assert f"was last active on {old:%-d %B %Y}" in one("Ann").said
    assert "was never active" in one("Cid").said
    Book.objects.filter(tells_activity=True).update(days_from=LATELY.date())
    assert found("dormant-admin") == {"Ann": "high"}


def outsider(name, domain="partner.example", **more):
    return r.Account(id=name, email=f"{name}@{domain}", name=name.title(), **more)


def test_an_outsider_who_may_write_is_found(staff, app):
    app(
        "App",
        account("ann", role="editor", kind="guest"),
        outsider("pat", role="Editor"),
        outsider("quin", role="owner"),
        outsider("ray", role="viewer"),
        outsider("sue", "corp.example", role="editor"),
        outsider("tim", "corp.example", role="editor", kind="guest"),
        outsider("bot", role="editor", kind="service"),
        outsider("una", role="editor", status="disabled"),
    )
    assert found("external-writer") == {"Pat": "medium", "Quin": "high", "Tim": "medium"}
    pat = Finding.objects.get(rule="external-writer", name="Pat")
    assert "at partner.example" in pat.said
    assert pat.evidence == {
        "role": "Editor",
        "domain": "partner.example",
        "marked_as_guest": False,
    }


def test_without_a_directory_no_address_is_foreign(app):
    app("App", outsider("pat", role="owner"), outsider("quin", role="owner", kind="guest"))
    assert found("external-writer") == {"Quin": "high"}
    (standing,) = (s for s in reading.standings() if s.rule.slug == "leaver-active")
    assert standing.unasked == (
        "No directory, sign-on service or people list says who works here.",
    )


def test_accounts_nobody_owns_are_those_of_the_report(staff, app):
    app(
        "App",
        account("ann"),
        account("robot", kind="service"),
        r.Account(id="x", username="nameless", role="admin"),
        outsider("pat"),
        outsider("gus", kind="guest"),
    )
    seen = found("account-nobody-owns")
    assert seen == {"Robot": "medium", "nameless": "high", "Pat": "medium"}
    rows = report("orphan-accounts").run({}).records()
    assert {row["account_id_"] for row in rows} == set(
        Finding.objects.filter(rule="account-nobody-owns").values_list("account", flat=True)
    )


def test_an_unapproved_app_is_as_grave_as_what_it_may_do(app):
    grants = [
        r.App(id="z", name="Zoom"),
        r.App(id="m", name="Miro"),
        r.Grant(app="z", account="ann", scopes=("mail",)),
        r.Grant(app="m", account="ann", scopes=("sign-in",)),
    ]
    app("Suite", account("ann"), grants=grants)
    assert found("unapproved-app") == {"Zoom": "high"}
    row = one("Zoom")
    assert (row.account_id, row.evidence["scope"], row.evidence["people"]) == (None, "mail", 1)
    assert row.application == Application.objects.get(name="Zoom")
    records.change(row.application, {"status": "approved"}, by="ann")
    FindingsTold.objects.update(took=0)
    assert work.is_waiting(), "somebody has decided something since"
    assert found("unapproved-app") == {}
    assert applications_with_access().count() == 2


def test_an_app_let_in_for_everybody_alone_is_told_of_without_people(app):
    app(
        "Suite",
        account("ann"),
        grants=[r.App(id="z", name="Zoom"), r.Grant(app="z", scopes=("mail",))],
    )
    assert set(found("unapproved-app")) == {"Zoom"}
    assert "agreed for everybody" in one("Zoom").said
    assert "people let it in" not in one("Zoom").said


def test_a_finding_ends_with_its_cause_and_comes_back_open(app):
    one_admin = account("ann", role="admin", attributes={"mfa": False})
    suite = app("App", one_admin)
    assert found("admin-without-second-factor") == {"Ann": "critical"}
    row = one("Ann")
    ledger.accept(row, reason="A test", until=tomorrow(30), by="cid")
    assert found("admin-without-second-factor") == {}
    assert found("admin-without-second-factor", "accepted") == {"Ann": "critical"}
    suite.now_says(account("ann", role="admin", attributes={"mfa": True}))
    assert found("admin-without-second-factor", "ended") == {"Ann": "critical"}
    row.refresh_from_db()
    assert row.ended_at
    assert not row.reason
    with pytest.raises(Conflict):
        ledger.accept(row, reason="Late", until=tomorrow(), by="cid")
    suite.now_says(one_admin)
    assert found("admin-without-second-factor") == {"Ann": "critical"}
    assert [line.edit.what for line in reading.history(row)] == ["returned", "accepted"]
    assert Finding.objects.count() == 1


def test_an_acceptance_holds_to_the_end_of_its_day_and_for_what_was_accepted(app):
    suite = app("App", r.Account(id="x", username="bot", kind="service"))
    assert found("account-nobody-owns") == {"bot": "medium"}
    row = one("bot")
    ledger.accept(row, reason="Kept", until=tomorrow(), by="ann")
    Finding.objects.update(accepted_until=tomorrow(0))
    assert ledger.lapse() == 0
    Finding.objects.update(accepted_until=tomorrow(-1))
    assert ledger.lapse() == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.accepted_until) == ("open", "", None)
    ledger.accept(row, reason="Kept", until=tomorrow(), by="ann")
    suite.now_says(r.Account(id="x", username="bot", kind="service", role="owner"))
    assert found("account-nobody-owns") == {"bot": "high"}
    assert Edit.objects.filter(kind="finding").latest("pk").what == "graver"


def test_an_acceptance_needs_a_reason_and_an_end(app):
    app("App", r.Account(id="x", username="bot", kind="service"))
    found("account-nobody-owns")
    row = one("bot")
    for reason, until, field in (
        ("", tomorrow(), "reason"),
        ("x" * 2_001, tomorrow(), "reason"),
        ("a\x00b", tomorrow(), "reason"),
        ("Kept", tomorrow(0), "until"),
        ("Kept", tomorrow(732), "until"),
        ("Kept", None, "until"),
        ("Kept", "31.12.2027", "until"),
    ):
        with pytest.raises(Invalid) as wrong:
            ledger.accept(row, reason=reason, until=until, by="ann")
        assert [e.field for e in wrong.value.errors] == [field]
    with pytest.raises(Conflict):
        ledger.withdraw(row, by="ann")
    ledger.accept(row, reason="Kept", until=str(tomorrow(731)), by="ann")
    ledger.withdraw(row, by="bea")
    assert [line.edit.what for line in reading.history(row)] == ["withdrawn", "accepted"]
    assert ledger.accept_many([row], reason="Kept", until=tomorrow(), by="ann") == 1


def test_they_go_with_the_instance_and_its_book(staff, app):
    suite = app("App", account("bob"))
    assert found("leaver-active") == {"Bob": "high"}
    bob = one("Bob")
    assert [row.pk for row in reading.open_of(person=bob.account.person_id)] == [bob.pk]
    assert [row.pk for row in reading.open_of(account=bob.account_id)] == [bob.pk]
    application = suite.instance.application_id
    assert [row.pk for row in reading.open_of(application=application)] == [bob.pk]
    acts.delete_users(suite.instance, by="ann")
    assert not reading.findings().exists(), "gone from view at once"
    while purge_closed():
        pass
    assert not Finding.objects.exists()


def test_spans_miss_nobody_and_only_changes_are_written(app, monkeypatch):
    monkeypatch.setattr(work, "SPAN", 2)
    names = [f"bot{n}" for n in range(7)]
    app("App", *(r.Account(id=n, username=n, kind="service") for n in names))
    assert found("account-nobody-owns").keys() == set(names)
    before = FindingsTold.get()
    assert not before.unasked["account-nobody-owns"].get("admins")
    assert not work.is_waiting()
    work.tell()
    assert FindingsTold.get().changed_at == before.changed_at
    FindingsTold.objects.update(claimed_at=datetime.now(UTC))
    assert not work.tell(), "one worker at a time"
    FindingsTold.objects.update(claimed_at=LONG_AGO)
    assert work.tell()
