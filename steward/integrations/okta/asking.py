"""What Okta is asked for: address, credential, permissions, and how it words a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.rules import Rule

USERS, GROUPS, ROLES = "okta.users.read", "okta.groups.read", "okta.roles.read"
APPS, LOGS, ORGS = "okta.apps.read", "okta.logs.read", "okta.orgs.read"
APP_GRANTS, SERVICES = "okta.appGrants.read", "okta.oauthIntegrations.read"

SCOPES = (
    Scope(
        USERS,
        "Who has an Okta account, its status, profile and last sign-in; which administrators have "
        "a second factor. Nothing works without it.",
        streams=("accounts",),
        required=True,
    ),
    Scope(GROUPS, "The groups and who is in them.", streams=("groups",)),
    Scope(
        ROLES,
        "Who holds an administrator role in Okta, and whose second factor is asked for.",
        streams=("groups",),
    ),
    Scope(APPS, "The apps behind Okta and who is assigned to them.", streams=("apps", "grants")),
    Scope(
        APP_GRANTS,
        "What administrators have permitted other apps to do in Okta.",
        streams=("grants",),
    ),
    Scope(
        SERVICES,
        "API service integrations and what they are permitted. Read with an API service app alone.",
    ),
    Scope(LOGS, "On which days who signed in to Okta and to which app.", streams=("activity",)),
    Scope(ORGS, "The name of the organisation."),
)

SETTINGS = (
    Field(
        "url",
        "Okta address",
        kind="url",
        placeholder="https://example.okta.com",
        help="The address at which people sign in to Okta, or your own domain for it.",
        pattern=r"(?!https?://[^/.]*-admin\.)https?://[^/]+/?",
        pattern_hint="Enter the address alone, such as https://example.okta.com: without "
        "“-admin”, which is the console's address, and without a path.",
    ),
)

AUTH = (
    AuthOption(
        "token",
        "API token",
        fields=(Field("token", "API token", secret=True),),
        scopes=SCOPES,
    ),
    AuthOption(
        "oauth",
        "API service app (OAuth 2.0)",
        fields=(
            Field("client_id", "Client ID", pattern=r"\w+", pattern_hint="Copy it from Okta."),
            Field(
                "private_key",
                "Private key",
                kind="textarea",
                secret=True,
                help="The key Okta showed once, as PEM or as JSON.",
            ),
            Field(
                "key_id",
                "Key ID",
                required=False,
                help="The KID beside the public key. Needed when the app has several keys.",
            ),
        ),
        scopes=SCOPES,
    ),
)


class Gone(Unexpected):
    """What was listed a moment ago has been deleted since."""


class Down(Unavailable):
    """Out of order, perhaps for one user alone, in contrast to a request to slow down."""


class FeatureOff(Forbidden):
    """No permission helps: the organisation does not have it."""


# https://developer.okta.com/docs/reference/error-codes/
RULES = (
    Rule(
        status=401,
        at="errorCode",
        is_in=("E0000015",),
        error=FeatureOff,
        message="Okta says that this feature is not switched on for your organisation.",
    ),
    Rule(
        status=401,
        at="errorCode",
        is_in=("E0000011",),
        error=Unauthorized,
        message="Okta refuses the credential: it was revoked, it expired, or the administrator "
        "who made it is no longer active.",
    ),
    Rule(
        status=403,
        at="errorCode",
        is_in=("E0000006",),
        error=Forbidden,
        message="Okta does not permit this credential to read this.",
    ),
    Rule(
        status=404,
        at="errorCode",
        is_in=("E0000007",),
        error=Gone,
        message="Okta knows nothing of this name; check the Okta address.",
    ),
    Rule(status=(500, 504), error=Down, message="Okta is out of order at the moment."),
)

TOKEN_RULES = (
    Rule(
        status=400,
        at="error",
        is_in=("consent_required",),
        error=Forbidden,
        message="Okta has granted this app none of the scopes. Grant them on the app's page, on "
        "the tab “Okta API Scopes”.",
    ),
    Rule(
        status=400,
        at="error",
        is_in=("invalid_dpop_proof",),
        error=Forbidden,
        message="Okta wants proof of possession from this app. On the app's page, under General "
        "Settings, clear “Require Demonstrating Proof of Possession (DPoP)”.",
    ),
)


@contextmanager
def needing(scope: str) -> Iterator[None]:
    """Names the permission in a refusal; Okta does not say which one it wants."""
    try:
        yield
    except FeatureOff as refused:
        raise Forbidden(refused.message, missing=("a feature of your Okta plan",)) from None
    except Forbidden as refused:
        raise Forbidden(refused.message, missing=refused.missing or (scope,)) from None
