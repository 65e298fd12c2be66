"""What the command line cannot take is said as what to write, and not in a library's words."""

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("instance", "sync", "Okta"),
            "'ID': 'Okta' is not a number. Wanted: The instance's number, as `steward instance",
        ),
        (("instance", "sync", "0"), "'ID': 0 is too little: it must be 1 or more. Wanted: The"),
        (("usage", "--days", "900"), "'--days': 900 is too much: it must be 400 or less.\n"),
        (
            ("report", "run", "accounts", "--as-of", "2026-13-01"),
            "'--as-of': '2026-13-01' is not a day. Write it as year, month and day: 2026-03-31.\n",
        ),
        (
            ("report", "run", "accounts", "--format", "doc"),
            "'--format': 'doc' is not one of 'table', 'json', 'csv', 'xlsx', 'pdf'.\n",
        ),
    ],
)
def test_it_says_what_to_write(steward, words, said):
    code, _, err = steward(*words)
    assert (code, said in err) == (2, True), err
    assert "Try 'steward " in err
