import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from steward.insight import exports, reports
from steward.insight.reports import BadRequest
from steward.inventory.account import Account as Row
from steward.inventory.account import AccountVersion
from steward.sdk import records as r
from steward.sync import acts
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account, seats

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def rows(slug, *names, **how):
    result = reports.report(slug).run(**how)
    found = list(result.records())
    assert len(found) == result.total
    return [tuple(row[n] for n in names) for row in found]


def test_seats_nobody_uses_say_why(app):
    app(
        "chat",
        account("ann", holds_seat=True, last_active_at=LATELY),
        account("bob", holds_seat=True, last_active_at=LONG_AGO),
        account("cem", holds_seat=True),
        account("dot", holds_seat=True, status="disabled", last_active_at=LATELY),
        account("eve", holds_seat=False, last_active_at=LONG_AGO),
    )
    assert set(rows("paid-seats-unused", "name", "why")) == {
        ("Bob", "not used since"),
        ("Cem", "no use seen"),
        ("Dot", "suspended, still paid"),
    }
    assert rows("paid-seats-unused", "name", filters={"days": "100"}) == [("Dot",), ("Cem",)]


def test_an_app_that_never_tells_activity_accuses_nobody(app):
    app("silent", account("ann", holds_seat=True))
    assert rows("paid-seats-unused", "name") == []


def test_each_licence_is_a_seat_of_its_own(app):
    app(
        "code",
        account("ann", last_active_at=LATELY),
        account("bob", last_active_at=LATELY),
        licenses=seats("ann", active=LONG_AGO),
    )
    assert rows("paid-seats-unused", "name", "license") == [("Ann", "Pro")]


def test_leavers_are_those_the_directory_let_go(directory, app):
    paused = {"suspended": True}
    directory(
        "directory",
        account("ann"),
        account("bob", status="disabled"),
        account("cem", status="disabled", attributes=paused),
    )
    app("chat", *(account(n, last_active_at=LATELY) for n in ("ann", "bob", "cem", "guest")))
    assert rows("leavers-with-live-accounts", "name", "app") == [("Bob", "chat")]
    unknown = [n for n, why in rows("orphan-accounts", "name", "what") if "directory" in why]
    assert unknown == ["Guest"]


def test_nobodys_accounts_are_told_apart(app):
    app(
        "chat",
        account("ann"),
        account("robot", kind="service"),
        account("gone", kind="service", status="disabled"),
    )
    assert rows("orphan-accounts", "name", "what") == [("Robot", "service account")]
    assert rows("orphan-accounts", "name", filters={"kind": "person"}) == []


def test_what_is_deleted_is_gone_from_every_report(app):
    chat = app(
        "chat",
        account("ann", holds_seat=True, last_active_at=LONG_AGO),
        account("r", kind="service"),
        grants=[r.App(id="z", name="Zoom"), r.Grant(app="z", account="ann")],
    )
    before = [report.run().total for report in reports.catalogue()]
    assert all(before[i] for i in (0, 2, 3, 4, 5))
    acts.delete(chat.instance, by="test")
    assert [report.run().total for report in reports.catalogue()] == [0] * len(before)


def test_a_report_says_what_is_missing(app, sync):
    from steward.sdk.errors import Forbidden

    chat = app("chat", account("ann"))
    chat.company.faults[("licenses", 0)] = Forbidden("No.", missing=("billing.read",))
    sync(chat.instance)
    sentence = reports.report("paid-seats-unused").run().provenance.sentence()
    assert "chat does not permit reading licenses (billing.read)." in sentence
    acts.edit(chat.instance, by="test", status="inactive")
    sentence = reports.report("paid-seats-unused").run().provenance.sentence()
    assert "chat is inactive since" in sentence


def test_a_past_day_shows_how_it_was(app):
    chat = app("chat", account("ann", holds_seat=True, last_active_at=LONG_AGO), account("bob"))
    weeks = timezone.now() - timedelta(days=60)
    Row.objects.update(since=weeks, first_seen_at=weeks)
    chat.now_says(account("ann", holds_seat=False, last_active_at=LATELY), account("bob"))
    assert AccountVersion.objects.count() == 1
    yesterday = TODAY - timedelta(days=1)
    assert rows("paid-seats-unused", "name") == []
    assert rows("paid-seats-unused", "name", as_of=yesterday) == [("Ann",)]
    assert rows("users-by-application", "name", as_of=TODAY - timedelta(days=90)) == []
    with pytest.raises(BadRequest):
        reports.report("instances-freshness").run(as_of=yesterday)


def test_sorting_puts_the_unknown_last_both_ways(app):
    app(
        "chat",
        account("ann", last_active_at=LATELY),
        account("bob"),
        account("cem", last_active_at=LONG_AGO),
    )
    assert rows("users-by-application", "name", sort="active_at") == [("Cem",), ("Ann",), ("Bob",)]
    assert rows("users-by-application", "name", sort="-active_at") == [("Ann",), ("Cem",), ("Bob",)]


@pytest.mark.parametrize(
    "asked",
    [
        {"filters": {"days": "many"}},
        {"filters": {"days": "0"}},
        {"filters": {"nonsense": "1"}},
        {"filters": {"instance": "77"}},
        {"sort": "nonsense"},
        {"columns": ["nonsense"]},
    ],
)
def test_what_a_report_does_not_have_is_told(app, asked):
    with pytest.raises(BadRequest, match=r"must be|There is no"):
        reports.report("paid-seats-unused").run(**asked)


EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "<script>alert(1)</script>",
    "Łukasz",
]


def test_exports_are_harmless_and_true(app):
    people = [account(f"u{n}", last_active_at=LATELY) for n in range(len(EVIL))]
    people = [
        type(p)(id=p.id, email=p.email, name=EVIL[n], last_active_at=LATELY)
        for n, p in enumerate(people)
    ]
    app("chat", *people)
    result = reports.report("users-by-application").run()
    text = b"".join(exports.csv(result)).decode("utf-8-sig")
    names = [row[1] for row in csv.reader(io.StringIO(text))][1:]
    assert len(names) == len(EVIL)
    assert not [n for n in names if n.lstrip().startswith(("=", "+", "-", "@"))]
    assert {"<script>alert(1)</script>", "Łukasz", "'=1+1"} <= set(names)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(exports.xlsx(result))))
    sheet = book.get_sheet_by_name("Report").to_python()
    assert sheet[0][:2] == ["Application", "Account"]
    assert sheet[1][7].date() == LATELY.date()
    assert "From 1 instance" in str(book.get_sheet_by_name("About").to_python())
