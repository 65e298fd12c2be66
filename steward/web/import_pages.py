"""What the pages of an import show: columns to tell apart, rows to look at, rows taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from steward.insight.imports import changes_of
from steward.inventory.imports import Import, ImportDraft
from steward.inventory.problems import Conflict, Invalid
from steward.ledger.imports import drafts
from steward.ledger.imports.kinds import KINDS
from steward.ledger.imports.undoing import is_last
from steward.sdk.sheets.delimited import ENCODINGS
from steward.web.templatetags.steward import worded

PER_PAGE = 50
_WORDS = {"new": "New", "changed": "Changed", "same": "The same", "error": "With errors"}
_DATES = (
    ("auto", "As the file shows"),
    ("day", "The day first: 3/4 is 3 April"),
    ("month", "The month first: 3/4 is March 4"),
)
_DECIMALS = (
    ("auto", "As the file shows"),
    ("point", "A point: 1,234.56"),
    ("comma", "A comma: 1.234,56"),
)


@dataclass(frozen=True)
class Pages:
    """Rows of a query, a page at a time; what is shown is in the address."""

    query: dict[str, str]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max((self.total + PER_PAGE - 1) // PER_PAGE, 1)

    @property
    def start(self) -> int:
        return (self.number - 1) * PER_PAGE

    @property
    def end(self) -> int:
        return min(self.start + PER_PAGE, self.total)

    @property
    def first_row(self) -> int:
        return self.start + 1 if self.total else 0

    @property
    def before(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self._address(self.number + 1) if self.number < self.last else ""

    def _address(self, page: int) -> str:
        return f"?{urlencode({**self.query, 'page': page})}"


def paged(request: HttpRequest, rows: Any, **query: str) -> tuple[Pages, Any]:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    total = rows.count()
    last = max((total + PER_PAGE - 1) // PER_PAGE, 1)
    pages = Pages({k: v for k, v in query.items() if v}, total, min(max(number, 1), last))
    return pages, rows[pages.start : pages.end]


def columns_page(
    request: HttpRequest, draft: ImportDraft, errors: dict[str, str] | None = None
) -> HttpResponse:
    """What was chosen and did not do stays chosen."""
    brought = drafts.open_draft(draft)
    samples = brought.upload.samples()
    columns = [
        {
            "number": n,
            "heading": heading,
            "samples": samples[n],
            "field": request.POST.get(f"column-{n}", brought.mapping.get(heading, "")),
        }
        for n, heading in enumerate(brought.upload.headings)
    ]
    options = {n: request.POST.get(n, draft.options.get(n, "")) for n in draft.options}
    facts = {
        "draft": draft,
        "kind": KINDS[draft.kind],
        "columns": columns,
        "fields": brought.upload.fields,
        "errors": errors or {},
        "options": options,
        "dates": _DATES,
        "decimals": _DECIMALS,
        "encodings": ENCODINGS,
        "is_workbook": brought.upload.sheet.is_workbook,
    }
    status = 422 if errors else 200
    return render(request, "settings/imports/columns.html", facts, status=status)


def preview_page(
    request: HttpRequest, draft: ImportDraft, problem: Invalid | Conflict | None = None
) -> HttpResponse:
    show = request.GET.get("show", "")
    rows = draft.rows.order_by("line")
    if show in _WORDS:
        rows = rows.filter(verdict=show)
    pages, here = paged(request, rows, show=show)
    counts = draft.counts or {}
    facts = {
        "draft": draft,
        "kind": KINDS[draft.kind],
        "figures": [(name, word, counts.get(name, 0)) for name, word in _WORDS.items()],
        "good": counts.get("new", 0) + counts.get("changed", 0),
        "wrong": counts.get("error", 0),
        "show": show,
        "pages": pages,
        "rows": _labelled(list(here), draft.kind),
        "problem": _said(problem),
        "again": isinstance(problem, Conflict) and problem.code == "same_file",
    }
    status = 422 if isinstance(problem, Invalid) else 409 if problem else 200
    return render(request, "settings/imports/preview.html", facts, status=status)


def _said(problem: Invalid | Conflict | None) -> str:
    if isinstance(problem, Conflict):
        return problem.message
    if problem is None:
        return ""
    return (
        "Nothing was imported, since some rows have errors. Mend them in the file and upload it "
        "once more, or import the good rows alone."
    )


def imported_page(request: HttpRequest, entered: Import) -> HttpResponse:
    show = request.GET.get("show", "")
    rows = entered.rows.order_by("pk")
    if show == "kept":
        rows = rows.exclude(kept="")
    pages, here = paged(request, rows, show=show)
    facts = {
        "entered": entered,
        "kind": KINDS[entered.kind],
        "figures": [(name, word, entered.counts.get(name, 0)) for name, word in _WORDS.items()],
        "mapping": [(h, f) for h, f in entered.mapping.items() if f],
        "left_out": entered.left_out.count(),
        "can_undo": is_last(entered),
        "pages": pages,
        "rows": _labelled(_with_changes(list(here)), entered.kind),
        "show": show,
    }
    return render(request, "settings/imports/import.html", facts)


def _with_changes(rows: list[Any]) -> list[Any]:
    for row, changes in zip(rows, changes_of(rows), strict=True):
        row.changes = changes
    return rows


def _labelled(rows: list[Any], kind: str) -> list[Any]:
    """Fields are called as the columns are."""
    labels = {f.name.removeprefix("custom."): f.label for f in KINDS[kind].fields()}
    for row in rows:
        for change in row.changes:
            change["label"] = labels.get(change["field"]) or worded(change["field"])
    return rows
