"""What Microsoft is asked for: cloud, credential, permissions, and how it words a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steward.sdk.errors import Forbidden, Unauthorized, Unexpected
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.rules import Rule


@dataclass(frozen=True)
class Cloud:
    login: str
    graph: str


# https://learn.microsoft.com/graph/deployments; China's login host is the one that its own edition
# of the documentation names (docs.azure.cn, "certificate credentials").
CLOUDS = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us_l4": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us_l5": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"
    ),
}

_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

SETTINGS = (
    Field(
        "tenant",
        "Tenant",
        placeholder="contoso.onmicrosoft.com",
        help="The tenant ID, or any domain of yours that Microsoft Entra knows.",
        pattern=rf"{_ID}|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
        pattern_hint="Enter the Directory (tenant) ID from the app's page, or a domain such as "
        "contoso.onmicrosoft.com.",
    ),
    Field(
        "cloud",
        "Cloud",
        kind="choice",
        default="global",
        choices=(
            ("global", "Microsoft 365 worldwide (also GCC)"),
            ("us_l4", "US Government GCC High (L4)"),
            ("us_l5", "US Government DoD (L5)"),
            ("china", "China, operated by 21Vianet"),
        ),
        help="Where your tenant lives. Nearly always worldwide.",
    ),
    Field(
        "login_url",
        "Sign-in address",
        kind="url",
        required=False,
        help="Leave empty. Only for a test server or a gateway before Microsoft's.",
    ),
    Field(
        "graph_url",
        "Graph address",
        kind="url",
        required=False,
        help="Leave empty. Only for a test server or a gateway before Microsoft's.",
    ),
)

USERS, MEMBERS = "User.Read.All", "GroupMember.Read.All"
ROLES, LICENSES = "RoleManagement.Read.Directory", "Organization.Read.All"
APPS, CONSENTS = "Application.Read.All", "DelegatedPermissionGrant.Read.All"
LOGS, REPORTS, LEAVING = "AuditLog.Read.All", "Reports.Read.All", "User-LifeCycleInfo.Read.All"

SCOPES = (
    Scope(
        USERS,
        "Who has an account, member or guest, and their licences. Nothing works without it.",
        streams=("accounts", "licenses"),
        required=True,
    ),
    Scope(
        MEMBERS,
        "The groups, who is in them, and who gets an app through one.",
        streams=("groups", "apps"),
    ),
    Scope(ROLES, "Who holds an administrator role.", streams=("groups",)),
    Scope(
        LICENSES,
        "Which licences you have bought and how many; the name of your organisation.",
        streams=("licenses",),
    ),
    Scope(
        APPS,
        "The apps people sign in to and who they are assigned to; when Steward's own secret ends.",
        streams=("apps", "grants"),
    ),
    Scope(CONSENTS, "What people and admins let other apps do.", streams=("grants",)),
    Scope(
        LOGS,
        "On which days who signed in to which app, and which administrators have a second factor. "
        "Needs the plan Entra ID P1 or P2 too.",
        streams=("activity",),
    ),
    Scope(
        REPORTS,
        "When who last used Exchange, OneDrive, SharePoint, Teams or Viva Engage.",
        streams=("activity",),
    ),
    Scope(LEAVING, "The day on which somebody leaves, where it is kept in Entra."),
)

# "Higher privileged permissions" in the tables of Graph's documentation: who has these has those.
_DIRECTORY = frozenset({USERS, MEMBERS, ROLES, LICENSES, APPS, CONSENTS})
IMPLIED = {
    "Directory.Read.All": _DIRECTORY,
    "Directory.ReadWrite.All": _DIRECTORY,
    "User.ReadWrite.All": frozenset({USERS}),
    "Group.Read.All": frozenset({MEMBERS}),
    "Group.ReadWrite.All": frozenset({MEMBERS}),
    "GroupMember.ReadWrite.All": frozenset({MEMBERS}),
    "RoleManagement.Read.All": frozenset({ROLES}),
    "RoleManagement.ReadWrite.Directory": frozenset({ROLES}),
    "Organization.ReadWrite.All": frozenset({LICENSES}),
    "Application.ReadWrite.All": frozenset({APPS}),
    "DelegatedPermissionGrant.ReadWrite.All": frozenset({CONSENTS}),
    "User-LifeCycleInfo.ReadWrite.All": frozenset({LEAVING}),
}

_CLIENT = Field(
    "client_id",
    "Application (client) ID",
    help="From the page “Overview” of the app registration.",
    pattern=_ID,
    pattern_hint="The Application (client) ID looks like 11112222-bbbb-3333-cccc-4444dddd5555.",
)

SECRET, CERTIFICATE = "secret", "certificate"
AUTH = (
    AuthOption(
        SECRET,
        "Client secret",
        fields=(
            _CLIENT,
            Field(
                "client_secret",
                "Client secret",
                secret=True,
                help="The column “Value”, which Entra shows once; not the “Secret ID”.",
            ),
        ),
        scopes=SCOPES,
    ),
    AuthOption(
        CERTIFICATE,
        "Certificate",
        fields=(
            _CLIENT,
            Field(
                "private_key",
                "Private key",
                kind="textarea",
                secret=True,
                help="As PEM, without a passphrase.",
            ),
            Field(
                "certificate",
                "Certificate",
                kind="textarea",
                help="The same one that you uploaded to the app registration, as PEM.",
            ),
        ),
        scopes=SCOPES,
    ),
)


class Gone(Unexpected):
    """What was listed a moment ago has been deleted since."""


class BeginAnew(Unexpected):
    """Graph no longer knows up to where changes were read."""


class NotOffered(Unexpected):
    """This tenant or cloud does not have what was asked for."""


class FeatureOff(Forbidden):
    """No permission helps: the plan does not have it."""


# https://learn.microsoft.com/graph/errors and, for the codes of a directory object and of a plan,
# the pages "delta query overview" and "known issues".
RULES = (
    Rule(
        FeatureOff,
        (400, 403),
        at="error.code",
        is_in=(
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "RequestFromNonPremiumTenantOrB2CTenant",
            "AadPremiumLicenseRequired",
        ),
        message="Microsoft says that your plan does not have this: sign-ins need Microsoft Entra "
        "ID P1 or P2.",
    ),
    Rule(
        Forbidden,
        403,
        message="Microsoft does not permit this app to read this. Grant the permission and give "
        "admin consent.",
    ),
    Rule(
        Unauthorized,
        401,
        message="Microsoft refuses the app's access: it was deleted or disabled, or its consent "
        "withdrawn.",
    ),
    Rule(BeginAnew, 410, message="Microsoft asks to read the list of users anew."),
    Rule(
        BeginAnew,
        (400, 404, 409),
        at="error.code",
        is_in=("syncStateNotFound", "syncStateInvalid", "resyncRequired"),
        message="Microsoft asks to read the list of users anew.",
    ),
    Rule(Gone, 404, message="Microsoft knows nothing of this; check the tenant and the cloud."),
    Rule(NotOffered, 501, message="Microsoft does not offer this in your cloud."),
)


# https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Numbers may change, so
# they choose the sentence alone; that it is a refusal is said by `error`, or else by RFC 6749.
def _refused(number: int, message: str) -> Rule:
    return Rule(Unauthorized, (400, 401), at="error_codes.0", is_in=(number,), message=message)


TOKEN_RULES = (
    _refused(
        7000222,
        "The client secret has expired. Make a new one in the app registration, under "
        "“Certificates & secrets”, and enter it here.",
    ),
    _refused(
        7000215,
        "Microsoft does not know this client secret. Enter the column “Value”, not the “Secret "
        "ID”; it is shown only once, so make a new one if it is lost.",
    ),
    _refused(
        700016,
        "There is no such app in this tenant. Check the Application (client) ID and the tenant; "
        "if both are right, the app was deleted.",
    ),
    _refused(7000229, "The app has no enterprise application in this tenant: give admin consent."),
    _refused(7000112, "The app is disabled. Enable it under Enterprise applications, Properties."),
    _refused(90002, "Microsoft knows no such tenant in this cloud. Check the tenant ID or domain."),
    _refused(
        900023, "Microsoft knows no such tenant in this cloud. Check the tenant ID or domain."
    ),
    _refused(
        700027,
        "The app does not know this certificate, or the key is not the one that belongs to it. "
        "Upload the certificate under “Certificates & secrets”, or enter the right pair.",
    ),
    _refused(
        700024,
        "Microsoft says that the signed assertion is not valid at this time. Set the clock of "
        "Steward's server right.",
    ),
    _refused(
        53003,
        "A Conditional Access policy keeps the app out. Exclude it, or allow the address that "
        "Steward goes out from.",
    ),
)


@contextmanager
def needing(*scopes: str) -> Iterator[None]:
    """Names the permission in a refusal; Graph does not say which one it wants."""
    try:
        yield
    except FeatureOff as refused:
        raise Forbidden(refused.message, missing=("a feature of your plan",)) from None
    except Forbidden as refused:
        raise Forbidden(refused.message, missing=refused.missing or scopes) from None
