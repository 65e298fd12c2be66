"""What went wrong, as one sentence."""

from __future__ import annotations


class Failed(Exception):
    """A command cannot be carried out; its text is the sentence to print."""


def sentence_of(error: Exception) -> str | None:
    """None for an error that nobody foresaw. What these come from is read only now: most commands
    need a part of it, and reading all takes as long as many of them."""
    from steward.cli.database import NotReady
    from steward.insight.reports import BadRequest
    from steward.sdk.errors import ConnectorError
    from steward.sync.acts import Conflict, Invalid, Refused

    if isinstance(error, Invalid):
        return "\n".join(f"{e.field}: {e.message}" for e in error.errors)
    if isinstance(error, Refused):
        missing = f" Missing: {', '.join(error.missing)}." if error.missing else ""
        return f"{error.message}{missing} Nothing was saved."
    if isinstance(error, Conflict):
        return error.message
    if isinstance(error, ConnectorError | BadRequest | Failed | NotReady):
        return str(error)
    return None
