"""What Dropbox asks of the admin: two addresses, and the scopes of a team app."""

from __future__ import annotations

from steward.sdk.fields import AuthOption, Consent, Field, Scope

SETTINGS = (
    Field("url", "API address", kind="url", default="https://api.dropboxapi.com"),
    Field(
        "consent_url",
        "Address of the consent page",
        help="Leave it as it is.",
        kind="url",
        default="https://www.dropbox.com/oauth2/authorize",
    ),
)

SCOPES = (
    Scope(
        "team_info.read",
        "Which team it is, and how many licences it has bought.",
        streams=("licenses",),
        required=True,
    ),
    Scope(
        "members.read",
        "Members in every status, their roles, and who holds a licence.",
        streams=("accounts", "groups", "licenses"),
        required=True,
    ),
    Scope("groups.read", "Groups and who is in them.", streams=("groups",)),
    Scope("sessions.list", "Apps that members have linked to their account.", streams=("grants",)),
    Scope("events.read", "The team's log: who did something on which day.", streams=("activity",)),
)

# dropbox.tech, "Using OAuth 2.0 with offline access": a token lasts for four hours, and only
# offline access comes with a refresh token, which has no end.
CONSENT = Consent(
    "{consent_url}",
    "{url}/oauth2/token",
    extra=(("token_access_type", "offline"),),
)

OAUTH = AuthOption("oauth", "A team admin agrees at Dropbox", scopes=SCOPES, consent=CONSENT)
AUTH = (OAUTH,)
