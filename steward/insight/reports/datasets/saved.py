"""Saved reports, as reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from steward.insight.facts import moment_text
from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.datasets.compiling import compiled
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.datasets.definition import read
from steward.insight.reports.question import BadRequest, Question
from steward.insight.reports.results import Result
from steward.inventory.problems import Invalid
from steward.inventory.report import SavedReport


@dataclass(frozen=True, kw_only=True)
class Broken(Report):
    """One whose parts are not there any more; it says so when it is asked."""

    why: str

    def run(
        self,
        filters: Mapping[str, str] | None = None,
        *,
        sort: str = "",
        columns: Sequence[str] = (),
        as_of: date | None = None,
    ) -> Result:
        raise BadRequest(self.why)


def report_of(saved: SavedReport, find: Callable[[str], Dataset | None]) -> Report:
    try:
        definition = read(saved.definition, find)
    except Invalid as wrong:
        why = f"“{saved.name}” does not fit what there is any more. {wrong} Change the report."
        return _broken(saved, why)
    about = saved.description or definition.dataset.description
    return compiled(definition, slug=saved.slug, title=saved.name, description=about)


def _broken(saved: SavedReport, why: str) -> Broken:
    return Broken(
        slug=saved.slug,
        title=saved.name,
        description=saved.description,
        columns=(),
        parts=_nothing,
        provenance=_nowhere,
        order=(),
        has_past=False,
        why=why,
    )


def _nothing(question: Question) -> Sequence[Any]:
    return ()


def _nowhere(question: Question) -> Provenance:
    return Provenance((), None, None)


def facts(saved: SavedReport) -> dict[str, Any]:
    """What there is to a saved report beside its columns and filters."""
    return {
        "saved": True,
        "shared": saved.shared,
        "owner": saved.owner.email if saved.owner else None,
        "definition": saved.definition,
        "made_at": moment_text(saved.made_at),
        "changed_at": moment_text(saved.changed_at),
    }
