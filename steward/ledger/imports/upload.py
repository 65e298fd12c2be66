"""A file that somebody brings, and its rows as its fields say, each with what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from django.conf import settings

from steward.inventory.company import Company
from steward.inventory.money import is_currency
from steward.inventory.problems import Invalid
from steward.ledger.imports import columns
from steward.ledger.imports.fields import Field, Manner, Trouble, read
from steward.sdk.errors import Unexpected
from steward.sdk.fields import FieldError
from steward.sdk.sheets import delimited
from steward.sdk.sheets.dates import order_of
from steward.sdk.sheets.delimited import ENCODINGS
from steward.sdk.sheets.numbers import Style, currency_in, style_of
from steward.sdk.sheets.sheet import Sheet, cell, sheet_of
from steward.sdk.sheets.words import plain

SAMPLES = 3
_NUMBERS = ("money", "rate", "number", "whole")
_EMPTY = {"", "-", "–", "—"}
_NOTHING = _EMPTY | {"n/a", "na", "none", "null", "nil"}


@dataclass(frozen=True)
class Options:
    """How the file is to be read, where it does not show it itself."""

    dates: str = "auto"
    decimals: str = "auto"
    encoding: str = "auto"
    sheet: str = ""

    KNOWN: ClassVar = {
        "dates": ("auto", "day", "month"),
        "decimals": ("auto", "point", "comma"),
        "encoding": tuple(codec for codec, _ in ENCODINGS),
    }

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """Invalid for a word that is not known."""
        for name, known in cls.KNOWN.items():
            if (given.get(name) or "auto") not in known:
                raise Invalid([FieldError(name, f"This must be one of: {', '.join(known)}.")])
        return cls(**{name: str(given[name]) for name in cls.names() if given.get(name)})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return "dates", "decimals", "encoding", "sheet"

    def facts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.names()}


@dataclass
class Row:
    """A row of the file. `works` are what it does (see `work`), `name` what it is about."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Trouble] = field(default_factory=list)
    name: str = ""
    verdict: str = ""
    works: list[Any] = field(default_factory=list)

    def refuse(self, name: str, message: str) -> None:
        self.errors.append(Trouble(name, message))


class Upload:
    """Invalid, with one sentence on the field `file`, for what is no list."""

    def __init__(
        self, name: str, content: bytes, fields: Sequence[Field], options: Options
    ) -> None:
        self.name, self.fields, self.options = name[-255:], fields, options
        known = columns.headings_of(fields)
        try:
            self.sheet: Sheet = sheet_of(
                content,
                lambda row: len({plain(text) for text in row} & known),
                encoding=options.encoding,
                name=options.sheet,
                largest=settings.STEWARD_IMPORT_BYTES,
            )
            if next(self.sheet.rows(), None) is None:
                raise Unexpected("The list has headings but no rows.")
        except Unexpected as problem:
            raise Invalid([FieldError("file", problem.message)]) from None
        self.headings = columns.named(self._whole(self.sheet.header))

    def rows(self) -> Iterator[delimited.Row]:
        try:
            yield from self.sheet.rows()
        except Unexpected as problem:
            raise Invalid([FieldError("file", problem.message)]) from None

    def _whole(self, header: list[str]) -> list[str]:
        """Columns without a heading count where there is something in them."""
        head = islice(self.rows(), 100)
        width = max((len(_trimmed(cells)) for _, cells in head if cells), default=0)
        return header[: max(width, len(_trimmed(header)))] + [""] * (width - len(header))

    def samples(self) -> list[list[str]]:
        """Some values of each column."""
        found: list[list[str]] = [[] for _ in self.headings]
        for _, cells in islice(self.rows(), 200):
            for place, shown in enumerate(found):
                text = cell(cells or (), place)
                if text and len(shown) < SAMPLES and text not in shown:
                    shown.append(text[:60])
        return found

    def read(self, mapping: Mapping[str, str], *, empty_clears: bool) -> Iterator[Row]:
        return _Reading(self, mapping, empty_clears).rows()


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    last = max((n for n, text in enumerate(cells, 1) if text.strip()), default=0)
    return cells[:last]


class _Reading:
    def __init__(self, upload: Upload, mapping: Mapping[str, str], empty_clears: bool) -> None:
        self.upload, self.empty_clears = upload, empty_clears
        self.places = columns.checked(upload.fields, upload.headings, mapping)
        self.fields = [f for f in upload.fields if f.name in self.places]
        self.company = Company.get().currency
        self.manners = self._manners()
        self.needed = [f for f in upload.fields if f.required]

    def rows(self) -> Iterator[Row]:
        for line, cells in self.upload.rows():
            yield self._broken(line) if cells is None else self._row(line, cells)

    def _broken(self, line: int) -> Row:
        return Row(line, [], errors=[Trouble("", "A quote in it is opened and not closed.")])

    def _row(self, line: int, cells: list[str]) -> Row:
        row = Row(line, list(cells))
        for f in self.fields:
            self._cell(row, f, cell(cells, self.places[f.name]))
        for f in self.needed:
            failed = any(trouble.field == f.name for trouble in row.errors)
            if row.values.get(f.name) in (None, "") and not failed:
                row.refuse(f.name, f"{f.label} is empty.")
        return row

    def _cell(self, row: Row, f: Field, text: str) -> None:
        if text.casefold() in (_EMPTY if f.kind in ("text", "list") else _NOTHING):
            if self.empty_clears or f.required:
                row.values[f.name] = None
            return
        try:
            row.values[f.name] = read(f, text, self.manners[f.name])
        except ValueError as problem:
            said = str(problem)
            row.refuse(f.name, f"{f.label}: {said}.")
            return
        if f.currency:
            self._in_currency(row, f, text)

    def _in_currency(self, row: Row, f: Field, text: str) -> None:
        """What its own column says of the currency, else the cell, the heading, the company."""
        place = self.places.get(f.currency)
        if place is not None and cell(row.cells, place):
            return
        heading = self.upload.headings[self.places[f.name]]
        said = currency_in(text) or columns.currency_of(heading) or self.company
        if is_currency(said):
            row.values[f.currency] = said
        else:
            row.refuse(f.name, f"{f.label}: “{said}” is no currency.")

    @cached_property
    def _order(self) -> Any:
        asked = self.upload.options.dates
        if asked != "auto":
            return asked
        places = [self.places[f.name] for f in self.fields if f.kind == "day"]
        rows = self.upload.rows() if places else ()
        order, unclear = order_of(cell(cells or (), p) for _, cells in rows for p in places)
        if unclear and not order:
            said = (
                f"Dates such as “{unclear[:40]}” can be read in two ways. Say whether the day or "
            )
            raise Invalid([FieldError("dates", f"{said}the month comes first.")])
        return order

    def _manners(self) -> dict[str, Manner]:
        usual = Manner(self._order)
        numbers = [f for f in self.fields if f.kind in _NUMBERS]
        asked = self.upload.options.decimals
        if asked != "auto":
            decimals: dict[str, Any] = {f.name: asked for f in numbers}
        else:
            decimals = self._decimals(numbers)
        return {f.name: replace(usual, decimals=decimals.get(f.name)) for f in self.fields}

    def _decimals(self, numbers: Sequence[Field]) -> dict[str, Style | None]:
        """By column; one that does not show it is written as another one that does. A workbook's
        own numbers have a point."""
        shown = {f.name: style_of(self._column(f)) for f in numbers}
        others = {style for style, _ in shown.values() if style}
        usual = others.pop() if len(others) == 1 else None
        if self.upload.sheet.is_workbook:
            usual = "point"
        found = {name: style or usual for name, (style, _) in shown.items()}
        unclear = next((text for n, (_, text) in shown.items() if text and not found[n]), "")
        if unclear:
            said = f"Numbers such as “{unclear[:40]}” can be read in two ways. Say whether a point "
            raise Invalid([FieldError("decimals", f"{said}or a comma comes before the decimals.")])
        return found

    def _column(self, f: Field) -> Iterator[str]:
        place = self.places[f.name]
        return (cell(cells or (), place) for _, cells in self.upload.rows())
