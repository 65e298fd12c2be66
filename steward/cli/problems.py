"""What went wrong, as one sentence."""

from __future__ import annotations

from steward.cli.database import NotReady
from steward.insight.reports import BadRequest
from steward.sdk.errors import ConnectorError
from steward.sync.acts import Conflict, Invalid, Refused


class Failed(Exception):
    """A command cannot be carried out; its text is the sentence to print."""


def sentence_of(error: Exception) -> str | None:
    """None for an error that nobody foresaw."""
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
