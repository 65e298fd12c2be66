"""Uploaded lists: what people really export, and what is said of what cannot be read."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from steward.integrations.spreadsheet.connector import ROWS_A_PAGE, Spreadsheet
from steward.sdk.connector import Page
from steward.sdk.context import Context
from steward.sdk.errors import Unexpected
from steward.sdk.files import to_text
from steward.sdk.records import Account


def upload(content: str | bytes, **chosen: Any) -> Spreadsheet:
    raw = content.encode() if isinstance(content, str) else content
    return Spreadsheet(Context({"application": "Miro", **chosen}, {"file": to_text("users", raw)}))


def read(content: str | bytes, **chosen: Any) -> Page[Account]:
    connector = upload(content, **chosen)
    connector.check()
    pages = list(connector.accounts(None))
    return Page(
        tuple(a for page in pages for a in page.records),
        None,
        tuple(p for page in pages for p in page.problems),
    )


def reasons(page: Page[Account]) -> dict[str, str]:
    return {problem.record: problem.reason for problem in page.problems}


GERMAN = (
    "Vorname;Nachname;E-Mail-Adresse;Status;Letzte Anmeldung;Lizenz;Abteilung\r\n"
    "Jörg;Müller;joerg@x.de;aktiv;31.01.2026 10:05;Pro;Vertrieb\r\n"
    "Zoë;Groß;zoe@x.de;gesperrt;nie;;\r\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings_are_told_apart(encoding: str) -> None:
    jörg, zoë = read(GERMAN.encode(encoding)).records
    assert (jörg.id, jörg.email, jörg.name) == ("joerg@x.de", "joerg@x.de", "Jörg Müller")
    assert (jörg.status, jörg.holds_seat) == ("active", True)
    assert jörg.last_active_at == datetime(2026, 1, 31, 10, 5, tzinfo=UTC)
    assert jörg.attributes == {"app_status": "aktiv", "seat": "Pro", "department": "Vertrieb"}
    assert (zoë.name, zoë.status, zoë.holds_seat) == ("Zoë Groß", "disabled", False)
    assert zoë.last_active_at is None


def test_a_few_broken_bytes_cost_only_themselves() -> None:
    text = "email,name\na@b.c,Þóra Ólafsdóttir\nb@b.c,J?rg\nc@b.c,김 민준\n".encode().replace(
        b"?", b"\xf6"
    )
    assert [a.name for a in read(text).records] == ["Þóra Ólafsdóttir", "J\ufffdrg", "김 민준"]


def test_an_encoding_can_be_chosen() -> None:
    text = "email,имя\na@b.c,Анна\n".encode("cp1251")
    assert read(text, encoding="cp1251").records[0].name == "Анна"
    with pytest.raises(Unexpected, match="not in the chosen encoding"):
        read(text, encoding="utf-8")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_told_apart(separator: str) -> None:
    rows = [["E-mail", "Name", "Role"], ["a@b.c", "Lee, Ann; the | boss\tof all", "admin"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    account = read(text.getvalue()).records[0]
    assert (account.name, account.role) == ("Lee, Ann; the | boss\tof all", "admin")


def test_excel_says_its_separator_itself() -> None:
    assert read("sep=|\nemail|name\na@b.c|x,y,z\n").records[0].name == "x,y,z"


def test_headings_are_found_under_a_title() -> None:
    text = "Members of Northwind,,\n\nexported 2026-01-01,,\nUser ID,Email,Last login\n7,a@b.c,\n"
    assert read(text).records[0].id == "7"


def test_a_quoted_cell_may_hold_lines() -> None:
    page = read('email,name\na@b.c,"two\nlines, and ""quotes"""\nb@b.c,B\n,\nbad,B\n')
    assert [a.name for a in page.records] == ['two\nlines, and "quotes"', "B"]
    assert reasons(page) == {"row 6": "“bad” is no e-mail address"}


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    page = read('email,name\na@b.c,A\n"b@b.c,B\nc@b.c,C\nd@b.c,"D"\ne@b.c,E\n')
    assert [a.id for a in page.records] == ["a@b.c", "c@b.c", "d@b.c", "e@b.c"]
    assert reasons(page) == {"row 3": "a quote in it is opened and not closed"}


def test_bad_rows_are_named_and_good_ones_kept() -> None:
    page = read(
        "id,email,last login\n1,a@b.c,2026-01-02\n,b@b.c,\n3,no address,\n"
        "1,d@b.c,\n5,e@b.c,soon\n6,,never\n"
    )
    assert [(a.id, a.email) for a in page.records] == [
        ("1", "a@b.c"),
        ("3", None),
        ("5", "e@b.c"),
        ("6", None),
    ]
    assert reasons(page) == {
        "row 3": "Id is empty",
        "row 4": "“no address” is no e-mail address",
        "row 5": "the same account stands in row 2 already",
        "row 6": "Last active: “soon” is no date",
    }


def test_columns_can_be_chosen() -> None:
    text = "Wer,Mail,Zugang\nann,a@b.c,eingefroren\nbob,b@b.c,gesperrt\n"
    found = read(
        text, id_column="wer", status_column="Zugang", disabled_words="Eingefroren, weg"
    ).records
    assert [(a.id, a.status) for a in found] == [("ann", "disabled"), ("bob", "active")]
    with pytest.raises(
        Unexpected, match=r"no column “Login” for Id\. The columns are: “Wer”, “Mail”"
    ):
        read(text, id_column="Login")


@pytest.mark.parametrize(
    "headings",
    [
        "Адрес,Логин,Последний вход,Статус",
        "メールアドレス,ユーザー名,最終ログイン,ステータス",
        "메일,사용자 이름,마지막 로그인,상태",
        "Courriel,Nom d'utilisateur,Dernière connexion,Statut",
        "Correo electrónico,Nombre de usuario,Último acceso,Estado",
    ],
)
def test_headings_are_known_in_many_languages(headings: str) -> None:
    account = read(f"{headings}\na@b.c,ann,2026-04-03,suspended\n").records[0]
    assert (account.username, account.status) == ("ann", "disabled")
    assert account.last_active_at == datetime(2026, 4, 3, tzinfo=UTC)


def test_every_active_account_may_cost() -> None:
    found = read("email,status\na@b.c,active\nb@b.c,off\n", seats="active").records
    assert [a.holds_seat for a in found] == [True, False]
    assert read("email\na@b.c\n").records[0].holds_seat is None


@pytest.mark.parametrize(
    ("written", "chosen", "day"),
    [
        ("25/12/2025", "auto", "2026-04-03"),
        ("12/25/2025", "auto", "2026-03-04"),
        ("", "day", "2026-04-03"),
        ("", "month", "2026-03-04"),
    ],
)
def test_day_or_month_first(written: str, chosen: str, day: str) -> None:
    text = f"email,last login\na@b.c,03/04/2026\nb@b.c,{written}\n"
    moment = read(text, dates=chosen).records[0].last_active_at
    assert moment is not None
    assert moment.date().isoformat() == day


def test_dates_that_could_be_two_are_asked_about() -> None:
    with pytest.raises(Unexpected, match="“03/04/2026” can be read in two ways"):
        read("email,last login\na@b.c,03/04/2026\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty"),
        ("email,name\n", "headings but no rows"),
        ("a;b\n1;2\n", "No column was recognised.*The columns are: “a”, “b”"),
        (b"%PDF-1.7", "no list"),
        ("<html><table>", "a web page"),
        (b"\x00\x01\x02" * 1000, "No column was recognised|empty"),
    ],
)
def test_what_is_no_list(text: str | bytes, sentence: str) -> None:
    with pytest.raises(Unexpected, match=sentence):
        upload(text).check()


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(Unexpected, match="larger than 20 MB"):
        upload(b"email\n" + b"a@b.c\n" * 3_600_000).check()


def test_lists_of_two_apps_are_two_tenants() -> None:
    ids = [
        upload("email\na@b.c\n", application=name).check().id
        for name in ("Miro", " MIRO ", "Figma")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_read_goes_on_from_its_row_unless_the_file_is_another() -> None:
    rows = "".join(f"u{n}@x.com,User {n}\n" for n in range(ROWS_A_PAGE * 2 + 5))
    text = f"email,name\n{rows}u1@x.com,again\n"
    first, *rest = upload(text).accounts(None)
    assert len(first.records) == ROWS_A_PAGE
    assert list(upload(text).accounts(first.cursor)) == rest
    assert [p.record for page in rest for p in page.problems] == [f"row {ROWS_A_PAGE * 2 + 7}"]
    other = text.replace("User 0", "Ann")
    assert next(upload(other).accounts(first.cursor)).records[0].name == "Ann"


@settings(max_examples=60, deadline=None)
@given(
    some.lists(
        some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read(names: list[str]) -> None:
    text = io.StringIO()
    rows = [[str(number), name] for number, name in enumerate(names, start=1)]
    csv.writer(text).writerows([["User ID", "Full name"], *rows])
    page = read(text.getvalue())
    assert [[a.id, a.name] for a in page.records] == [[own, name.strip()] for own, name in rows]
    assert not page.problems
