"""What the API takes and gives of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from ninja import Schema
from pydantic import ConfigDict, Field

from steward.api.schemas import FieldProblem, Text

Kind: TypeAlias = Literal["people", "applications", "licenses", "contracts", "charges", "rates"]


class ImportOut(Schema):
    """`counts` are of rows: `new`, `changed`, `same`, `error` (left out); after an undo also
    `undone` and `kept`. `mapping` gives the field of each column by its heading."""

    id: int
    as_: Annotated[Kind, Field(alias="as")]
    file_name: str
    sha256: str
    mapping: dict[str, str]
    counts: dict[str, int]
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class ImportChangeOut(Schema):
    field: str
    before: Any
    after: Any


class RowOut(Schema):
    line: int
    verdict: Literal["new", "changed", "same", "error"]
    name: str
    changes: list[ImportChangeOut]
    errors: list[str]


class BroughtOut(Schema):
    """`id` is null where nothing was changed (`dry_run`). `rows` are the first 1,000 that are not
    the same; `rows_left_off` says how many more there are."""

    id: int | None
    as_: Annotated[Kind, Field(alias="as")]
    dry_run: bool
    mapping: dict[str, str]
    counts: dict[str, int]
    rows: list[RowOut]
    rows_left_off: int


class ImportedRowOut(Schema):
    """What a row did to one object. `before` is null where it made it; `kept` says why an undo has
    left it."""

    id: int
    line: int
    model: str
    object: int
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    kept: str


class NewImport(Schema):
    """`mapping` is JSON, the field of each column by its heading ("" is not imported); columns it
    does not name are recognised. `good_rows` leaves out rows with errors, where otherwise nothing
    is imported; `again` takes a file of charges that was imported before."""

    model_config = ConfigDict(extra="forbid")

    as_: Annotated[Kind, Field(alias="as")]
    dry_run: bool = False
    mapping: str = "{}"
    good_rows: bool = False
    again: bool = False
    dates: Literal["auto", "day", "month"] = "auto"
    decimals: Literal["auto", "point", "comma"] = "auto"
    sheet: Annotated[Text, Field(max_length=100)] = ""
    encoding: Annotated[Text, Field(max_length=20)] = ""


class ImportTaskOut(Schema):
    """A large file under way: `checked` of its `rows` are, then all are written at once. When it
    is `done`, `import` is the number of the import (null for a dry run) and `counts` are of rows,
    by what they are; `problem` and `errors` say why it `failed`. `items` are the first 1,000 rows
    of a dry run that are not the same."""

    id: int
    as_: Annotated[Kind, Field(alias="as")]
    file_name: str
    dry_run: bool
    state: Literal["queued", "checking", "writing", "done", "failed", "cancelled"]
    rows: int | None
    checked: int
    counts: dict[str, int] | None
    import_: Annotated[int | None, Field(alias="import")]
    problem: str
    errors: list[FieldProblem]
    items: list[RowOut]
    by: str
    asked_at: datetime
    ended_at: datetime | None
