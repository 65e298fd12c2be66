"""What directories store, in the spellings that the servers of the other tests do not use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steward.integrations.ldap.names import domain, first_value, is_under, key_of
from steward.integrations.ldap.people import account
from steward.integrations.ldap.refusals import refusal
from steward.integrations.ldap.values import Entry, filetime, generalized_time
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected

NOW = datetime(2026, 4, 3, 12, tzinfo=UTC)


def entry(**values: str | bytes) -> Entry:
    raw = {k.lower(): [v.encode() if isinstance(v, str) else v] for k, v in values.items()}
    return Entry("uid=ann,ou=people,dc=example,dc=com", raw)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260403120000Z", NOW),
        ("20260403120000.123456Z", NOW),
        ("202604031200Z", NOW),
        ("2026040312Z", NOW),
        ("20260403140000+0200", NOW),
        ("20260403083000-0330", NOW),
        ("20261303120000Z", None),
        ("000001010000Z", None),
        ("soon", None),
        ("", None),
    ],
)
def test_generalized_time(text: str, moment: datetime | None) -> None:
    assert generalized_time(text) == moment


@pytest.mark.parametrize("ticks", [None, 0, 0x7FFFFFFFFFFFFFFF, 10**30])
def test_never_in_active_directory(ticks: int | None) -> None:
    assert filetime(ticks) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("UID=Ann, OU=People,DC=Example", "uid=ann,ou=people,dc=example"),
        (r"cn=Lee\, Ann,dc=example", r"cn=Lee\2C Ann,dc=example"),
        (r"cn=\C3\9Eóra,dc=example", "cn=Þóra,dc=example"),
    ],
)
def test_two_spellings_of_one_name(first: str, second: str) -> None:
    assert key_of(first) == key_of(second)


def test_what_a_name_tells() -> None:
    assert first_value(r"CN=Lee\, Ann,DC=example") == "Lee, Ann"
    assert first_value("not a name") == ""
    assert domain("OU=x, DC=ad,dc=example , DC=com") == "ad.example.com"
    assert is_under("uid=a,ou=services,dc=x", ("ou=services,dc=x",))
    assert not is_under("uid=a,ou=otherservices,dc=x", ("services,dc=x",))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"nsAccountLock": "TRUE"}, "disabled"),
        ({"nsAccountLock": "false"}, None),
        ({"loginDisabled": "TRUE"}, "disabled"),
        ({"pwdEndTime": "20260403115959Z"}, "expired"),
        ({"pwdEndTime": "20260403120001Z"}, None),
        ({"accountExpires": "9223372036854775807"}, None),
        ({"userAccountControl": "514"}, "disabled"),
        ({"userAccountControl": "nonsense"}, None),
        ({"shadowExpire": "-1"}, None),
        ({"shadowExpire": "1"}, "expired"),
    ],
)
def test_who_can_sign_in(values: dict[str, str], status: str | None) -> None:
    found = account(entry(**values), NOW)
    assert found.attributes.get("app_status") == status
    assert (found.status == "disabled") == (status is not None)


def test_the_mail_address_comes_first_and_each_only_once() -> None:
    values = {
        "mail": [b"ann@corp.example"],
        "proxyaddresses": [b"smtp:ann@old.example", b"SMTP:Ann@corp.example", b"sip:ann@x.example"],
        "userprincipalname": [b"ANN@corp.example"],
    }
    found = account(Entry("cn=ann", values), NOW)
    assert (found.email, found.emails) == ("ann@corp.example", ("ann@old.example",))


def test_broken_bytes_lose_nobody() -> None:
    found = account(entry(uid=b"\xff\x00ann", mail=b"\xfe", objectGUID=b"short"), NOW)
    assert (found.username, found.email) == ("\ufffdann", None)
    assert found.id == "uid=ann,ou=people,dc=example,dc=com"


@pytest.mark.parametrize(
    ("code", "message", "error", "said"),
    [
        (49, "80090308: LdapErr: DSID-0C090439, data 532, v4563", Unauthorized, "has expired"),
        (49, "AcceptSecurityContext error, data 533, v1db1", Unauthorized, "is disabled"),
        (49, "data 775, v4563", Unauthorized, "is locked"),
        (49, "data ffff, v4563", Unauthorized, "the name or the password"),
        (50, "", Forbidden, "may not read this"),
        (3, "", Unavailable, "ran out of the time"),
        (4, "", Unavailable, "limits how many"),
        (51, "", Unavailable, "busy"),
        (52, "", Unavailable, "not available"),
        (99, "", Unexpected, "result code 99"),
    ],
)
def test_result_codes(code: int, message: str, error: type[ConnectorError], said: str) -> None:
    made = refusal({"result": code, "message": message})
    assert type(made) is error
    assert said in made.message
