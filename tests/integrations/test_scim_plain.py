"""A user is read to the same account, whether or not it is written as RFC 7643 has it."""

from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from steward.integrations.scim import plain
from steward.integrations.scim.users import ENTERPRISE, Reader
from steward.sdk.unread import UnreadPage

WORDS = some.sampled_from(
    ("", " ", "Ann", " Lead ", "a@corp.example", "A@Corp.example", "service bot", "Gold", "42")
)
JUNK = some.one_of(
    some.none(), WORDS, some.booleans(), some.integers(-5, 5), some.just({}), some.just([]),
    some.just({"value": 7}), some.just(["Gold", {"value": "b@corp.example"}, 3]),
)  # fmt: skip
MANAGER = some.fixed_dictionaries({}, optional={"value": WORDS, "displayName": WORDS})
WORK = some.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("department", "division", "costCenter", "employeeNumber"), WORDS),
        "manager": MANAGER,
    },
)
NAME = some.fixed_dictionaries(
    {}, optional=dict.fromkeys(("formatted", "givenName", "middleName", "familyName"), WORDS)
)
EMAIL = some.fixed_dictionaries(
    {"value": WORDS},
    optional={"primary": some.sampled_from((True, False, "true")), "type": WORDS},
)
VALUES = some.lists(some.fixed_dictionaries({"value": WORDS}, optional={"display": WORDS}))
TOWNS = some.lists(some.fixed_dictionaries({"locality": WORDS}, optional={"primary": JUNK}))
MOMENTS = some.sampled_from(("2025-01-07T09:00:00Z", "2025-01-07T09:00:00+02:00", "soon", "0"))
FIELDS = {
    "userName": WORDS,
    "displayName": WORDS,
    "name": NAME,
    "active": some.booleans(),
    "title": WORDS,
    "userType": WORDS,
    "emails": some.lists(EMAIL),
    "addresses": TOWNS,
    "entitlements": VALUES,
    "roles": VALUES,
    ENTERPRISE: WORK,
    "meta": some.fixed_dictionaries({}, optional={"created": MOMENTS}),
    "phoneNumbers": JUNK,
}
PLAIN = some.fixed_dictionaries({"id": some.sampled_from(("1", "x"))}, optional=FIELDS)
BENT = some.fixed_dictionaries(
    {}, optional={"id": JUNK, **{name: some.one_of(as_is, JUNK) for name, as_is in FIELDS.items()}}
)
READERS = some.builds(
    Reader,
    seats=some.sampled_from(("unknown", "active", "listed")),
    seat_names=some.just(frozenset({"gold"})),
)


def read(item, to_record, **how):
    page = UnreadPage([msgspec.Raw(msgspec.json.encode(item))], to_record, **how)
    return page.records, [problem.reason for problem in page.problems]


@settings(max_examples=400, deadline=None)
@given(reader=READERS, user=PLAIN)
def test_as_the_standard_has_it(reader, user):
    assert isinstance(plain.decode(msgspec.json.encode(user)), plain.Plain)
    quick = read(user, partial(plain.account, reader), decode=plain.decode)
    assert quick == read(user, reader.account)
    assert len(quick[0]) == 1


@settings(max_examples=400, deadline=None)
@given(reader=READERS, user=BENT)
def test_as_apps_bend_it(reader, user):
    quick = read(user, partial(plain.account, reader), decode=plain.decode)
    assert quick == read(user, reader.account)


@pytest.mark.parametrize("item", ["text", 5, None, []])
def test_what_is_no_user_is_set_aside(item):
    records, problems = read(item, partial(plain.account, Reader()), decode=plain.decode)
    assert (records, len(problems)) == ((), 1)
