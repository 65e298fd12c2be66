"""The usage report, which is downloaded from elsewhere, and what is made of it."""

from __future__ import annotations

from datetime import date

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.microsoft import simulator
from steward.demo.vendors.microsoft_answers import report
from steward.demo.vendors.microsoft_directory import Entra
from steward.integrations.microsoft_365.activity import last_days, last_sign_in, sign_in
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.records import Activity
from tests.integrations.microsoft_365.tenant import microsoft, read_until_refused


def test_the_credential_stays_behind(
    straight: str, company: Company, controls: Controls, entra: Entra
) -> None:
    """The address of the report is authorized by itself, and is another host's."""
    controls.plan = "free"
    elsewhere = Entra(company)
    with (
        serving(simulator(company, Controls(), elsewhere)) as entra.report_host,
        microsoft(straight) as connector,
    ):
        _, records = read_until_refused(connector, "activity")
    assert records
    (headers,) = elsewhere.report_headers
    assert "Authorization" not in headers
    assert entra.report_headers == []


def test_the_last_day_of_whichever_service_was_used_last(
    straight: str, controls: Controls, entra: Entra
) -> None:
    controls.plan = "free"
    with microsoft(straight) as connector:
        _, records = read_until_refused(connector, "activity")
    licensed = {
        number: use.last_active.date()
        for number, (_, use) in entra.humans.items()
        if use.last_active and entra.users[number]["assignedLicenses"]
    }
    assert {record.account: record.day for record in records} == licensed


def test_names_by_whatever_case_and_concealed_ones() -> None:
    used = [("Ann@Corp.example", date(2026, 5, 2)), ("bob@corp.example", None)]
    assert last_days(report(date(2026, 5, 3), used, False)) == {"ann@corp.example": used[0][1]}
    with pytest.raises(Forbidden, match="conceals"):
        last_days(report(date(2026, 5, 3), used, True))


def test_a_report_without_anybody_conceals_nobody() -> None:
    assert last_days(report(date(2026, 5, 3), [], True)) == {}


def test_a_report_with_other_columns() -> None:
    with pytest.raises(Unexpected, match="columns"):
        last_days(b"Name,Last Activity Date\r\nann@corp.example,2026-05-02\r\n")


def test_a_last_sign_in_is_one_that_succeeded() -> None:
    attempt = {"lastSignInDateTime": "2026-05-09T10:00:00Z"}
    good = {"lastSuccessfulSignInDateTime": "2026-05-02T23:30:00-02:00"}
    tried = {"lastNonInteractiveSignInDateTime": "2026-05-08T10:00:00Z", **attempt}

    def day(known: dict[str, str] | None) -> date | None:
        found = last_sign_in({"id": "u1", "signInActivity": known})
        return found.day if found else None

    assert day({**attempt, **good}) == date(2026, 5, 3)
    assert day(tried) == date(2026, 5, 9)
    assert day({}) is None
    assert day(None) is None


def test_a_sign_in_that_failed_is_none() -> None:
    event = {"userId": "u1", "createdDateTime": "2026-05-02T08:00:00.1234567Z", "appId": "a1"}
    assert list(sign_in({**event, "status": {"errorCode": 50126}})) == []
    assert list(sign_in({**event, "status": {"errorCode": 0}})) == [
        Activity(account="u1", day=date(2026, 5, 2)),
        Activity(account="u1", day=date(2026, 5, 2), app="a1"),
    ]
    assert list(sign_in({**event, "userId": "", "status": {"errorCode": 0}})) == []
