"""A report that is read section by section counts and shows the same rows as one that is not."""

import pytest

from steward.insight import exports, reports
from steward.sdk import records as r
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
