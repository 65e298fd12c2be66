"""Why an act was not carried out. Each becomes one answer of the API and one sentence in a form."""

from __future__ import annotations

from collections.abc import Sequence

from steward.inventory.instance import Instance
from steward.sdk.fields import FieldError


class Invalid(Exception):
    """What was entered does not do; `errors` name the fields as `settings.url`."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = list(errors)


def refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid(errors)


class Conflict(Exception):
    """It does not go with what is there. `instance` is the one in the way, where there is one."""

    def __init__(self, message: str, code: str, instance: Instance | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.instance = instance
