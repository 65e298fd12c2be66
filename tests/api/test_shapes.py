"""A text of the wrong shape is answered with what it must look like."""

import pytest

from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "field", "value", "says"),
    [
        ("/accounts", "as_of", "soon", "It must be a day such as 2026-11-01."),
        ("/accounts", "cursor", "next please", "Take it from `next` of the page before."),
        ("/accounts", "q", "a\x00b", "It contains a character that cannot be stored."),
        ("/spend", "from", "March", "It must be a month such as 2026-03."),
        ("/charges", "currency", "euros", "It must be a currency's code of three letters"),
        ("/applications", "field", "blue", "It must look like FIELD:VALUE."),
    ],
)
def test_what_it_must_look_like_is_said(reader, path, field, value, says):
    told = problem(reader("GET", path, **{field: value}), 422, "invalid")
    assert told["errors"][0]["message"].startswith(says)
    assert value not in str(told)
