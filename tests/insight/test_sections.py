"""A report that is read section by section counts and shows the same rows as one that is not."""

import pytest

from steward.insight import applications, exports, memory, reports
from steward.insight.reports.listed_applications import _LIST as APPLICATIONS
from steward.inventory.access import ApplicationAccess
from steward.inventory.instance import Instance
from steward.sdk import records as r
from steward.sync import acts
from steward.sync.deleting import purge_closed
from tests.insight.conftest import LATELY, account

pytestmark = pytest.mark.django_db
ZOOM, WIKI = r.App(id="zoom", name="Zoom"), r.App(id="wiki", name="Wiki", active=False)


@pytest.fixture
def users(app, directory):
    """Of apps that are connected, given, switched off, let in and signed in to, also twice."""
    given = [r.Assignment(app=a, account=n) for a in ("zoom", "wiki") for n in ("ann", "bob")]
    staff = [*map(account, ("ann", "bob", "cem"))]
    place = directory("Directory", *staff, account("dot"), apps=[ZOOM, WIKI, *given])
    place.now_says(*staff, apps=[ZOOM, WIKI, *given])
    let_in = [r.Grant(app="zoom", account=n, scopes=("read",)) for n in ("ann", "eve")]
    signed = [r.Activity(account="eve", day=LATELY.date(), app="zoom")]
    app("Suite", *map(account, ("ann", "eve")), grants=[ZOOM, *let_in], activity=signed)
    return reports.report("users-by-application")


@pytest.mark.parametrize("filters", [{}, {"source": "direct"}])
def test_the_total_is_the_number_of_rows(users, filters):
    result = users.run(filters)
    whole = users.run(filters, sort="email")
    assert result.total == whole.total == len(list(whole.records())) > 4
    shown = [row for start in range(0, result.total, 2) for row in result.page(start, 2)]
    by_account = [(row["application"], row["account_id_"], row["source"]) for row in shown]
    assert sorted(by_account) == sorted(
        (row["application"], row["account_id_"], row["source"]) for row in whole.records()
    )
    assert [row["application"] for row in shown] == sorted(row["application"] for row in shown)


def test_a_file_has_the_rows_of_the_pages(users):
    result = users.run()
    lines = b"".join(exports.csv(result)).decode("utf-8-sig").splitlines()
    assert len(lines) == result.total + 1
    assert [line.split(",")[0] for line in lines[1:]] == [
        row["application"] for row in result.page(0, result.total)
    ]


GRANTS = ({}, {"risk": "risky"}, {"risk": "unknown"}, {"holds": "https://mail.google.com/"},
          {"holds": "made:up"}, {"holds": "made:up", "status": "unconfirmed"})  # fmt: skip


@pytest.mark.parametrize("filters", GRANTS)
def test_grants_are_counted_by_application_and_risk(app, filters):
    staff = [*map(account, ("ann", "bob", "cem"))]
    mail, mine = "https://mail.google.com/", "made:up"
    grants = [
        ZOOM,
        WIKI,
        *(r.Grant(app="zoom", account=n, scopes=(mail,)) for n in ("ann", "bob", "cem")),
        r.Grant(app="wiki", account="ann", scopes=(mine,)),
        r.Grant(app="wiki", account="bob", scopes=(mail, mine)),
        r.Grant(app="wiki", scopes=(mine,)),
    ]
    app("Suite", *staff, grants=grants)
    report = reports.report("third-party-access")
    result, whole = report.run(filters), report.run(filters, sort="email")
    assert result._sections is not None
    assert result.total == len(list(whole.records()))
    shown = [row for start in range(0, result.total, 2) for row in result.page(start, 2)]
    assert len(shown) == result.total
    assert {row["account_id_"] for row in shown} == {r["account_id_"] for r in whole.records()}
    assert [row["application"] for row in shown] == sorted(row["application"] for row in shown)
    # Nobody has told of this app which of its scopes are risky.
    assert bool(result.total) == (filters != {"risk": "risky"})


def test_what_was_not_counted_yet_is_counted_on_the_page(app):
    app("Suite", account("ann"), grants=[ZOOM, r.Grant(app="zoom", account="ann", scopes=("x",))])
    ApplicationAccess.objects.update(grants=[])
    result = reports.report("third-party-access").run()
    assert result._sections is None
    assert result.total == len(result.page(0, 9)) == 1


def test_of_many_applications_what_was_told_holds_until_they_are_told_again(users, monkeypatch):
    monkeypatch.setattr(applications, "FEW", 0)
    acts.delete(Instance.objects.get(name="Suite"), by="admin")
    result = APPLICATIONS.run()
    held = {row["name"]: row["users"] for row in result.records()}
    assert held["Zoom"] == 3
    assert "still counts among the users of 1 app" in result.provenance.sentence()
    while purge_closed():
        pass
    memory.forget()
    result = APPLICATIONS.run()
    assert {row["name"]: row["users"] for row in result.records()}["Zoom"] == 2
    assert "still counts" not in result.provenance.sentence()
