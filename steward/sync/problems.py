"""Why an act on an instance was not carried out: what the app itself may say, besides the rest."""

from __future__ import annotations

from steward.inventory.problems import Conflict, Invalid, refuse
from steward.sdk.errors import ConnectorError, Forbidden

__all__ = ["Conflict", "Invalid", "Refused", "refuse"]


class Refused(Exception):
    """The app refused, or could not be reached. Nothing was saved."""

    def __init__(self, message: str, code: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.missing = missing

    @classmethod
    def by(cls, error: ConnectorError) -> Refused:
        missing = error.missing if isinstance(error, Forbidden) else ()
        return cls(error.message, error.code, missing)
