"""Later reads ask for changes alone, and never know less of anybody for it."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import own_id
from steward.demo.vendors.microsoft_directory import Entra
from steward.sdk.connector import Page
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.records import Account
from tests.integrations.microsoft_365.tenant import microsoft, pages


def first_read(url: str, **given: Any) -> tuple[dict[str, Account], Any]:
    """Everybody by their ids, and the mark."""
    with microsoft(url, **given) as connector:
        found = pages(connector, "accounts")
    assert [page.changes for page in found] == [False] * len(found)
    assert [page.mark for page in found[:-1]] == [None] * (len(found) - 1)
    return {a.id: a for page in found for a in page.records}, found[-1].mark


def later_read(url: str, mark: Any, **given: Any) -> list[Page[Account]]:
    with microsoft(url, marks={"accounts": mark}, **given) as connector:
        return pages(connector, "accounts")


def applied(known: dict[str, Account], found: list[Page[Account]]) -> dict[str, Account]:
    """What an engine knows afterwards."""
    now = dict(known)
    for page in found:
        now |= {account.id: account for account in page.records}
        now = {number: a for number, a in now.items() if number not in page.gone}
    return now


def whole(url: str) -> dict[str, Account]:
    return first_read(url)[0]


def some(entra: Entra, number: int) -> str:
    return list(entra.users)[number]


def test_nothing_has_changed(straight: str, controls: Controls) -> None:
    _, mark = first_read(straight)
    before = controls.requests
    (page,) = later_read(straight, mark)
    assert (page.records, page.gone, page.changes) == ((), (), True)
    assert page.mark["link"] != ""
    assert controls.requests - before == 3  # a token, second factors, and one question


@pytest.mark.parametrize("partial", [False, True])
def test_changed_added_and_deleted(straight: str, entra: Entra, partial: bool) -> None:
    """Also where Graph shows of a changed user only what has changed: all else is still known."""
    known, mark = first_read(straight)
    entra.partial = partial
    moved, blocked, gone = some(entra, 3), some(entra, 4), some(entra, 5)
    entra.change(moved, department="Archive")
    entra.change(blocked, accountEnabled=False, assignedLicenses=[])
    entra.add(own_id("user", "new"), displayName="New", mail="new@corp.example")
    entra.delete(gone)
    found = later_read(straight, mark)
    assert all(page.changes for page in found)
    told = {account.id: account for page in found for account in page.records}
    assert told.keys() == {moved, blocked, own_id("user", "new")}
    assert told[moved].attributes == {**known[moved].attributes, "department": "Archive"}
    assert told[moved].emails == known[moved].emails
    assert (told[blocked].status, told[blocked].holds_seat) == ("disabled", False)
    assert [number for page in found for number in page.gone] == [gone]
    assert applied(known, found) == whole(straight)


def test_deleted_and_restored_before_anybody_looked(straight: str, entra: Entra) -> None:
    known, mark = first_read(straight)
    back, twice = some(entra, 7), some(entra, 8)
    entra.delete(back)
    entra.change(twice, jobTitle="First")
    entra.restore(back)
    entra.change(twice, jobTitle="Second")
    entra.delete(some(entra, 9))
    found = later_read(straight, mark)
    after = applied(known, found)
    assert back in after
    assert after[twice].attributes["title"] == "Second"
    assert after == whole(straight)


def test_marks_go_on_from_each_other(straight: str, entra: Entra) -> None:
    known, mark = first_read(straight)
    for number in range(3):
        entra.change(some(entra, number), department=f"Department {number}")
        found = later_read(straight, mark)
        assert sum(len(page.records) for page in found) == 1
        known, mark = applied(known, found), found[-1].mark
    assert known == whole(straight)


def test_what_changes_while_the_list_is_read_is_not_lost(
    straight: str, entra: Entra, controls: Controls
) -> None:
    """The mark is from before the read, so that the next one tells of it."""
    controls.page_cap = 50
    known: dict[str, Account] = {}
    with microsoft(straight) as connector:
        for number, page in enumerate(connector.accounts(None)):
            known |= {account.id: account for account in page.records}
            if number == 1:
                entra.change(some(entra, 0), department="Moved meanwhile")
                entra.add(own_id("user", "late"), displayName="Late")
    assert applied(known, later_read(straight, page.mark)) == whole(straight)


@pytest.mark.parametrize("page_cap", [None, 7])
def test_many_changes_come_in_pages(
    straight: str, entra: Entra, controls: Controls, page_cap: int | None
) -> None:
    known, mark = first_read(straight)
    for number in range(45):
        entra.change(some(entra, number), department="Reorganised")
    controls.page_cap = page_cap
    found = later_read(straight, mark)
    assert sum(len(page.records) for page in found) == 45
    assert [page.mark is None for page in found] == [True] * (len(found) - 1) + [False]
    with microsoft(straight) as connector:
        for number, page in enumerate(found[:-1]):
            rest = pages(connector, "accounts", page.cursor)
            assert all(p.changes for p in rest)
            assert applied(applied(known, found[: number + 1]), rest) == applied(known, found)


def test_somebody_whom_not_every_server_knows_yet(straight: str, entra: Entra) -> None:
    """Graph tells of a new user whom it then does not find: the change itself is believed."""
    _, mark = first_read(straight)
    new = own_id("user", "new")
    entra.add(new, displayName="New", mail="new@corp.example")
    entra.lagging = {new}
    (page,) = later_read(straight, mark)
    assert [(a.id, a.name, a.email) for a in page.records] == [(new, "New", "new@corp.example")]
    assert page.gone == ()


@pytest.mark.parametrize("status", [410, 400])
def test_a_mark_that_microsoft_has_forgotten(straight: str, entra: Entra, status: int) -> None:
    """410 where the tenant was moved, 400 after seven days: the list is read whole."""
    _, mark = first_read(straight)
    entra.change(some(entra, 0), department="Elsewhere")
    entra.forgotten, entra.expired_as = len(entra.log), status
    found = later_read(straight, mark)
    assert not any(page.changes for page in found)
    assert {account.id: account for page in found for account in page.records} == whole(straight)
    assert found[-1].mark not in (None, mark)
    entra.change(some(entra, 1), department="Elsewhere")
    (page,) = later_read(straight, found[-1].mark)
    assert [account.id for account in page.records] == [some(entra, 1)]


def test_a_mark_forgotten_half_way_leaves_the_run_to_begin_anew(
    straight: str, entra: Entra, controls: Controls
) -> None:
    _, mark = first_read(straight)
    for number in range(5):
        entra.change(some(entra, number), department="Elsewhere")
    controls.page_cap = 2
    with microsoft(straight, marks={"accounts": mark}) as connector:
        reading = connector.accounts(None)
        assert next(reading).changes
        entra.forgotten = len(entra.log)
        with pytest.raises(Unexpected, match="anew"):
            list(reading)
    controls.page_cap = None
    assert not any(page.changes for page in later_read(straight, mark))


def test_another_permission_asks_for_everybody_anew(straight: str, controls: Controls) -> None:
    """A mark tells only of what was asked for when it was given."""
    controls.missing_scopes = {"User-LifeCycleInfo.Read.All"}
    _, mark = first_read(straight)
    controls.missing_scopes = set()
    found = later_read(straight, mark)
    assert not any(page.changes for page in found)
    assert any("end_date" in account.attributes for page in found for account in page.records)


def test_a_mark_of_another_host_is_not_followed(straight: str) -> None:
    _, mark = first_read(straight)
    elsewhere = {**mark, "terms": mark["terms"].replace("127.0.0.1", "127.0.0.9")}
    assert not any(page.changes for page in later_read(straight, elsewhere))


def test_consent_withdrawn_between_reads(straight: str, controls: Controls) -> None:
    _, mark = first_read(straight)
    controls.missing_scopes = {"User.Read.All"}
    with pytest.raises(Forbidden) as caught:
        later_read(straight, mark)
    assert caught.value.missing == ("User.Read.All",)
