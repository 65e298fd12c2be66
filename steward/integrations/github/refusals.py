"""How GitHub says no, by status, header and body field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from steward.sdk.errors import Forbidden, Unauthorized, Unavailable
from steward.sdk.rules import Rule


class Hidden(Forbidden):
    """GitHub answers 404, not 403, for what a credential may not know to exist."""


_SLOW = "GitHub asks Steward to slow down."
_DOCS = "https://docs.github.com/"
_PAGE = "rate-limits-for-the-rest-api#about-secondary-rate-limits"
_SECONDARY = (
    f"{_DOCS}rest/overview/{_PAGE}",
    f"{_DOCS}rest/using-the-rest-api/{_PAGE}",
    f"{_DOCS}free-pro-team@latest/rest/overview/{_PAGE}",
    f"{_DOCS}en/rest/overview/resources-in-the-rest-api#secondary-rate-limits",
)

SIGN_ON = Rule(
    status=403,
    header="X-GitHub-SSO",
    error=Forbidden,
    message="The organisation demands single sign-on of tokens: on GitHub, open the token's "
    "page, choose “Configure SSO” and authorise it for the organisation.",
)
HASTE = (
    Rule(status=(403, 429), header="Retry-After", error=Unavailable, message=_SLOW),
    Rule(
        status=(403, 429),
        header="X-RateLimit-Remaining",
        header_is="0",
        error=Unavailable,
        message=_SLOW,
    ),
    Rule(
        status=(403, 429),
        at="documentation_url",
        is_in=_SECONDARY,
        error=Unavailable,
        message=_SLOW,
    ),
)
RULES = (
    SIGN_ON,
    *HASTE,
    Rule(
        status=403,
        error=Forbidden,
        message="GitHub refuses this: the credential lacks a permission for it.",
    ),
    Rule(
        status=404,
        error=Hidden,
        message="GitHub shows nothing there: it does not exist, or the credential may not see it.",
    ),
)

# Where an app's key is exchanged, 404 means that it is no longer installed.
EXCHANGE_RULES = (
    *HASTE,
    Rule(
        status=(401, 403),
        error=Unauthorized,
        message="GitHub does not accept the app's key: check the App ID and the private key.",
    ),
    Rule(
        status=404,
        error=Unauthorized,
        message="GitHub knows no such installation of the app: it was uninstalled, or the "
        "Installation ID is not the right one.",
    ),
)


@contextmanager
def said_as(message: str, *missing: str) -> Iterator[None]:
    """Put a bare refusal into words that name what would open the door. Sign-on (X-GitHub-SSO)
    has its own sentence, which says more."""
    try:
        yield
    except Forbidden as refused:
        if refused.message == SIGN_ON.message:
            raise
        raise type(refused)(message, missing=refused.missing or missing) from None
