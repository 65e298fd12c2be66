"""What is known of scopes: names, families, and what nobody knows."""

import pytest

from steward.sdk.catalogue import integrations, scopes_known_by
from steward.sdk.scopes import CRITICAL, HIGH, LOW, MEDIUM, NOT_KNOWN, for_all, parse, problems

GOOGLE = "https://www.googleapis.com/auth/"


@pytest.mark.parametrize(
    ("slug", "scope", "level"),
    [
        ("google_workspace", "https://mail.google.com", CRITICAL),
        ("google_workspace", "https://mail.google.com/", CRITICAL),
        ("google_workspace", f"{GOOGLE}drive.file", LOW),
        ("google_workspace", f"{GOOGLE}drive.readonly", HIGH),
        ("google_workspace", f"{GOOGLE}admin.directory.user.readonly", HIGH),
        ("google_workspace", f"{GOOGLE}admin.directory.notification", CRITICAL),
        ("google_workspace", f"{GOOGLE}made-up", NOT_KNOWN),
        ("microsoft_365", "mail.read", HIGH),
        ("microsoft_365", "Mail.ReadWrite", CRITICAL),
        ("microsoft_365", "User.Read", LOW),
        ("microsoft_365", "Contacts.Read.Shared", MEDIUM),
        ("microsoft_365", "Office 365 Exchange Online: full_access_as_app", CRITICAL),
        ("microsoft_365", "Payroll: user_impersonation", HIGH),
        ("microsoft_365", "Payroll: Mail.Read", NOT_KNOWN),
        ("slack", "users:read", LOW),
        ("slack", "admin", CRITICAL),
        ("slack", "made:up", NOT_KNOWN),
        ("okta", "okta.users.manage", CRITICAL),
        ("github", "contents:read", HIGH),
        ("github", "metadata:read", LOW),
        ("dropbox", "Full Dropbox", HIGH),
        ("ldap", "chat:write", NOT_KNOWN),
    ],
)
def test_a_scope_has_the_risk_of_the_line_that_says_most_of_it(slug, scope, level):
    assert scopes_known_by(slug).level(scope) == level


# Dropbox tells no scopes but how far an app reaches.
KNOWN = {
    "google_workspace": 60, "microsoft_365": 60, "slack": 60, "okta": 60, "github": 60,
    "dropbox": 2,
}  # fmt: skip


def test_whoever_reads_grants_knows_many_scopes_and_how_to_revoke_them():
    reading = [slug for slug, c in integrations().items() if "grants" in c.streams()]
    assert set(KNOWN) <= set(reading)
    for slug in reading:
        known = scopes_known_by(slug)
        assert len(known.meanings) >= KNOWN.get(slug, 1)
        assert known.revoking
        assert list(problems(known)) == []


def test_what_is_wrong_with_a_file_is_said():
    said = list(
        problems(
            parse(
                """
                scopes = [
                  {name = "A", risk = "awful", means = "Read it", why = "It matters."},
                  {name = "a/", risk = "low", means = "Read it.", why = "it matters."},
                ]
                [[revoke]]
                heading = "x"
                link = "http://plain.example"
                steps = ["Open"]
                """
            )
        )
    )
    for word in ("a is there twice", "awful", "'Read it'", "'it matters.'", "x needs", "'Open'"):
        assert any(word in sentence for sentence in said), word


def test_for_everybody_is_graver_save_for_signing_in():
    assert [for_all(level) for level in (NOT_KNOWN, LOW, MEDIUM, HIGH, CRITICAL)] == [
        NOT_KNOWN, LOW, HIGH, CRITICAL, CRITICAL,
    ]  # fmt: skip
