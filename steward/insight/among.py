"""Whether a number is among many: one parameter, where a list of thousands would be as many, and
be written out again wherever the condition stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func


class Among(Func):
    """`field` names a column of numbers."""

    output_field = BooleanField()

    def __init__(self, field: str | F, numbers: Sequence[int]) -> None:
        super().__init__(F(field) if isinstance(field, str) else field)
        self.numbers = tuple(numbers)

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            # As a list the driver would look at each of them.
            text = ",".join(map(str, self.numbers))
            return f"{sql} = ANY(%s::bigint[])", [*params, f"{{{text}}}"]
        sql = f"{sql} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return sql, [*params, json.dumps(self.numbers)]
