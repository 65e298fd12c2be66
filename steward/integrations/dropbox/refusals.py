"""How Dropbox says no: by status, and by a field that only one kind of error carries."""

from __future__ import annotations

from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.rules import Rule


class Declined(Unexpected):
    """The endpoint's own error (409). With a cursor it is that the cursor holds no longer."""


RULES = (
    # A missing scope comes with the status of a dead token; only it names a scope.
    Rule(
        status=401,
        at="error.required_scope",
        error=Forbidden,
        missing_at="error.required_scope",
        message="The Dropbox app lacks a scope for this.",
    ),
    Rule(
        status=401,
        error=Unauthorized,
        message="Dropbox refuses the token: the app was disconnected from the team, or who "
        "connected it is no admin any more.",
    ),
    Rule(
        status=403,
        error=Forbidden,
        message="Dropbox does not give this to the team: its plan does not have it, or the app was "
        "not connected by a team admin.",
    ),
    # In prose, where the App Console does not give the app the scope at all.
    Rule(
        status=400,
        error=Unexpected,
        message="Dropbox does not take the question. Check in the App Console that every scope of "
        "the guide is ticked under Permissions, then connect once more.",
    ),
    Rule(
        status=409,
        error=Declined,
        message="Dropbox declined the question with an error of its own.",
    ),
    Rule(status=429, error=Unavailable, message="Dropbox asks Steward to slow down."),
)
