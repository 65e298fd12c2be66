"""Looking at what a file would change, and changing it: all of it, or the rows that are good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.imports import Import, LeftOut
from steward.inventory.problems import Conflict, Invalid
from steward.ledger.imports import columns
from steward.ledger.imports.kind import Kind
from steward.ledger.imports.kinds import kind_of
from steward.ledger.imports.upload import Options, Row, Upload
from steward.ledger.imports.work import DIFFERENT, ERROR, NEW, SAME
from steward.ledger.trail import MADE
from steward.sdk.fields import FieldError

BATCH = 500
ERRORS_TOLD = 1_000
VERDICTS = (NEW, DIFFERENT, SAME, ERROR)


@dataclass
class Brought:
    """A file, as what it is brought, and which column is what."""

    kind: type[Kind]
    upload: Upload
    mapping: dict[str, str]
    content: bytes
    options: Options = field(default_factory=Options)

    @classmethod
    def of(
        cls,
        slug: str,
        name: str,
        content: bytes,
        mapping: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Brought:
        """What is not said of columns and options is as it was for the last file with the same
        columns, or else guessed."""
        kind, given = kind_of(slug), dict(options or {})
        asked = Options.of(given)
        upload = Upload(name, content, kind.fields(), asked)
        known = columns.remembered(slug, upload.headings)
        if known and not given.get("sheet") and not given.get("encoding"):
            asked = Options.of({**known.options, **{n: v for n, v in given.items() if v}})
            upload = Upload(name, content, kind.fields(), asked)
        return cls(kind, upload, cls._mapping(upload, known, mapping or {}), content, asked)

    @staticmethod
    def _mapping(upload: Upload, known: Any, said: Mapping[str, str]) -> dict[str, str]:
        """A field that is given to a column is no other one's any more."""
        fields = {f.name for f in upload.fields}
        usual = known.mapping if known else columns.guessed(upload.fields, upload.headings)
        found = {h: f for h, f in usual.items() if f in fields and f not in said.values()}
        return {**{h: found.get(h, columns.NOTHING) for h in upload.headings}, **said}

    def check(self) -> None:
        """Invalid where a column is missing, or what it holds can be read in two ways."""
        self.upload.read(self.mapping, empty_clears=self.kind.empty_clears)

    def batches(self, kind: Kind) -> Iterator[list[Row]]:
        """Planned."""
        rows = self.upload.read(self.mapping, empty_clears=kind.empty_clears)
        while batch := list(islice(rows, BATCH)):
            kind.plan([row for row in batch if not row.errors])
            kind.judge(batch)
            _call(row for row in batch if not row.name)
            yield batch


def _call(rows: Iterable[Row]) -> None:
    """What cannot be read whole may say what it is of all the same."""
    for row in rows:
        telling = ("name", "email", "vendor", "application", "day")
        row.name = next((str(row.values[n]) for n in telling if row.values.get(n)), "")


Sink = Callable[[Sequence[Row]], None]


class BadRows(Invalid):
    """Rows that are wrong, where all or none were to be taken."""

    def __init__(self, errors: Sequence[FieldError], counts: Mapping[str, int]) -> None:
        super().__init__(errors)
        self.counts = counts


def look(brought: Brought, sink: Sink = lambda rows: None) -> dict[str, int]:
    """How many rows are new, changed, the same and wrong. Nothing is changed."""
    counts: Counter[str] = Counter(dict.fromkeys(VERDICTS, 0))
    for batch in brought.batches(brought.kind(brought.upload.name)):
        counts.update(row.verdict for row in batch)
        sink(batch)
    return dict(counts)


def bring(
    brought: Brought,
    *,
    by: str,
    good_rows: bool = False,
    again: bool = False,
    sink: Sink = lambda rows: None,
) -> Import:
    """All or nothing, or the `good_rows` alone. `again` takes a file that was taken before.
    Invalid with the errors by row, Conflict where the file was taken already."""
    if not again:
        refuse_twice(brought)
    try:
        return _bring(brought, by, good_rows, sink)
    except IntegrityError:
        raise Conflict(
            "Somebody has entered some of it in this very moment; look at it once more.", "changed"
        ) from None


@transaction.atomic
def _bring(brought: Brought, by: str, good_rows: bool, sink: Sink) -> Import:
    kind = brought.kind(brought.upload.name)
    entered = _entered(brought, by)
    counts: Counter[str] = Counter(dict.fromkeys(VERDICTS, 0))
    errors: list[FieldError] = []
    for batch in brought.batches(kind):
        counts.update(row.verdict for row in batch)
        errors += [] if good_rows or len(errors) > ERRORS_TOLD else errors_of(batch)
        if not errors:
            sink(batch)
            kind.write([row for row in batch if row.verdict in (NEW, DIFFERENT)], entered, by)
            _leave_out(entered, batch)
    if errors:
        raise BadRows(errors[:ERRORS_TOLD], dict(counts))
    kind.finish(entered)
    _finish(entered, dict(counts), by)
    columns.remember(
        brought.kind.slug, brought.upload.headings, brought.mapping, brought.options.facts()
    )
    return entered


def _entered(brought: Brought, by: str) -> Import:
    made: Import = Import.objects.create(
        kind=brought.kind.slug,
        file_name=brought.upload.name,
        sha256=brought.upload.sheet.digest,
        mapping=brought.mapping,
        headings=brought.upload.headings,
        by=by,
    )
    return made


def _finish(entered: Import, counts: dict[str, int], by: str) -> None:
    """What is edited from now on came after it."""
    entered.counts = counts
    Edit.objects.create(
        kind="import", object=entered.pk, name=entered.file_name, what=MADE, by=by, after=counts
    )
    entered.at = timezone.now()
    entered.save(update_fields=["counts", "at"])


def _leave_out(entered: Import, batch: Sequence[Row]) -> None:
    LeftOut.objects.bulk_create(
        [
            LeftOut(imported=entered, line=row.line, errors=messages_of(row), cells=row.cells)
            for row in batch
            if row.verdict == ERROR
        ]
    )


def messages_of(row: Row) -> list[str]:
    return [trouble.message for trouble in row.errors]


def errors_of(batch: Sequence[Row]) -> list[FieldError]:
    return [
        FieldError(f"rows.{row.line}.{t.field}".rstrip("."), f"Line {row.line}: {t.message}")
        for row in batch
        for t in row.errors
    ]


def refuse_twice(brought: Brought) -> None:
    if not brought.kind.once:
        return
    same = Import.objects.filter(
        kind=brought.kind.slug, sha256=brought.upload.sheet.digest, undone_at=None
    )
    before = same.order_by("-pk").first()
    if before:
        raise Conflict(
            f"This very file was imported on {before.at:%-d %B %Y} by {before.by}. Undo that "
            "import, or say that it is to be taken once more.",
            "same_file",
        )
