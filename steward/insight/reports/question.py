"""What can be asked of a report: its columns, its filters, and a question put to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from steward.insight.asking import BadRequest

__all__ = ["BadRequest", "Column", "Filter", "Question"]

Kind: TypeAlias = Literal[
    "text", "number", "moment", "date", "month", "bool", "list", "id", "money", "rate", "percent"
]
LARGEST = 3_650


# Of a row and the question: the name of a page, and what is asked of it.
Opens: TypeAlias = "Callable[[Mapping[str, Any], Question], tuple[str, dict[str, str]] | None]"


@dataclass(frozen=True)
class Column:
    """`link` names the kind of page the value leads to (person, account, instance, application …),
    whose number is in the column `link_by`. Hidden columns are for links and for the API. Those
    `aside` are in every file, and on a page where somebody chooses them. `sort_by` is a field to
    sort by instead, which is kept ready where the value is counted. Money is in the currency that
    is in the column `currency_by`, or in the company's; percents are whole hundredths. `opens`
    names the page of the rows that a figure counts, and its filters; None where there is none.
    One that is `about_money` without being any goes with it. `says` tells whether it has anything
    to say of what was asked; a column that would be empty from top to bottom is not shown."""

    name: str
    label: str
    kind: Kind = "text"
    hidden: bool = False
    aside: bool = False
    link: str = ""
    link_by: str = ""
    sort_by: str = ""
    currency_by: str = ""
    opens: Opens | None = None
    about_money: bool = False
    says: Callable[[Question], bool] | None = None

    def is_silent(self, question: Question) -> bool:
        return self.says is not None and not self.says(question)


def in_report(slug: str, **filters: str) -> Opens:
    """Leads to another report; columns of the row are in braces."""

    def opened(record: Mapping[str, Any], asked: Question) -> tuple[str, dict[str, str]]:
        known = {name: "" if value is None else value for name, value in record.items()}
        return f"report:{slug.format(**known)}", {
            name: text.format(**known) for name, text in filters.items()
        }

    return opened


@dataclass(frozen=True)
class Filter:
    """`choices` is asked when the page is drawn. `default` holds when nothing is given. A day may
    be given as a month. One that is `hidden` is for links alone."""

    name: str
    label: str
    kind: Literal["text", "number", "choice", "date", "month"] = "text"
    default: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    help: str = ""
    hidden: bool = False

    def clean(self, value: str) -> str:
        value = value.strip().replace("\x00", "") or self.default
        if value and self.kind == "number":
            self._check_number(value)
        if value and self.kind in ("date", "month"):
            self._check_day(value)
        if value and self.choices:
            self._check_choice(value, [name for name, _ in self.choices()])
        return value

    def _check_number(self, value: str) -> None:
        if not value.isascii() or not value.isdecimal() or not 0 < int(value[:9]) <= LARGEST:
            raise BadRequest(f"{self.label} must be a number from 1 to {LARGEST}.")

    def _check_day(self, value: str) -> None:
        try:
            date.fromisoformat(value if len(value) > len("2026-03") else f"{value}-01")
        except ValueError:
            looks = "2026-03" if self.kind == "month" else "2026-03-17"
            raise BadRequest(f"{self.label} must look like {looks}.") from None

    def _check_choice(self, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise BadRequest(f"{self.label} must be one of: {', '.join(known)}.")


@dataclass(frozen=True)
class Question:
    """What is asked of a report: its filters, cleaned, the day as of which, and whether by somebody
    who may see what things cost."""

    filters: Mapping[str, str]
    as_of: date | None = None
    with_money: bool = True

    def __getitem__(self, name: str) -> str:
        return self.filters.get(name, "")

    @property
    def is_narrowed(self) -> bool:
        return self.as_of is not None or any(self.filters.values())
