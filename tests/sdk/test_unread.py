"""Pages that are handed over as the bytes that came."""

import msgspec

from steward.sdk.connector import Page
from steward.sdk.paging import chain
from steward.sdk.records import Account
from steward.sdk.unread import UnreadPage, joined


def page(*items, cursor=None):
    raws = msgspec.json.decode(msgspec.json.encode(items), type=list[msgspec.Raw])
    return UnreadPage(raws, lambda item: Account(id=str(item["id"]), name=item["name"]), cursor)


ANN, BOB = {"id": 1, "name": "Ann"}, {"id": "2", "name": "Bob"}


def test_reads_only_what_is_asked_for():
    read = page(ANN, {"id": 9}, BOB).read([0, 2])
    assert [record.name for record in read.records] == ["Ann", "Bob"]
    assert read.problems == ()


def test_is_a_page_like_any_other_to_those_who_do_not_care():
    whole = page(ANN, {"id": 9}, BOB, cursor=7)
    assert isinstance(whole, Page)
    assert [record.id for record in whole.records] == ["1", "2"]
    assert [problem.record for problem in whole.problems] == ["9"]
    assert (len(whole), whole.cursor, bool(page())) == (3, 7, True)


def test_keys_are_texts_and_empty_where_there_is_none():
    odd = ({"name": "?"}, {"id": None}, {"id": True}, {"id": {}}, "text", 5)
    assert page(ANN, BOB, *odd).keys() == ["1", "2", *[""] * len(odd)]


def test_prints_tell_bytes_and_what_else_counts_apart():
    first, second = page(ANN, BOB).prints(b"one"), page(ANN, {**BOB, "x": 1}).prints(b"one")
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert first[0] != page(ANN).prints(b"other")[0]


def test_stays_unread_when_it_is_one_pass_of_several():
    (made,) = chain(None, {"only": lambda _: iter([page(ANN, cursor="x")])})
    assert isinstance(made, UnreadPage)
    assert made.cursor == {"pass": "only", "at": "x", "done": False}


def test_what_another_answer_says_changes_the_items_it_is_about_alone():
    items = page(ANN, {"name": "?"}, BOB, "text").items
    told = UnreadPage(list(joined(items, "second", {"2": False})), lambda item: None)
    assert [msgspec.json.decode(item) for item in told.items] == [
        ANN,
        {"name": "?"},
        {**BOB, "second": False},
        "text",
    ]
    plain = UnreadPage(items, lambda item: None)
    changed = [a != b for a, b in zip(told.prints(b"x"), plain.prints(b"x"), strict=True)]
    assert changed == [False, False, True, False]
    assert list(joined(items, "second", {})) == list(items)
