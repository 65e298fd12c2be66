"""How far a run has come, stream by stream; the checkpoint that is written with the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone

from steward.inventory.run import Run
from steward.sdk.connector import Page, Problem
from steward.sdk.errors import Unexpected
from steward.sync.writers.sql import text

WAITING, READING, OK = "waiting", "reading", "ok"
NOT_PERMITTED, FAILED = "not_permitted", "failed"
PROBLEMS_KEPT = 20
SET_ASIDE_COUNT, SET_ASIDE_SHARE = 10, 0.10


class Superseded(Exception):
    """The run is no longer ours to write: another worker took it, or it was ended."""


class StopAsked(Exception):
    """A person has asked for the run to stop."""


_TURNED = Problem("the list", "the app turned from changes to the whole list while it was read")


@dataclass
class StreamProgress:
    """`given` is the mark that the read began with, bound to what it holds for; `mark` the one it
    brought. `changes` says whether only changes are read; None until a page has come."""

    state: str = WAITING
    cursor: Any = None
    pages: int = 0
    records: int = 0
    set_aside: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)
    error: str = ""
    missing: list[str] = field(default_factory=list)
    given: Any = None
    bound_to: str = ""
    mark: Any = None
    changes: bool | None = None

    @property
    def is_done(self) -> bool:
        return self.state in (OK, NOT_PERMITTED, FAILED)

    def begin(self) -> None:
        """A read that left no cursor cannot go on and starts anew."""
        if self.cursor is None:
            self.pages = self.records = self.set_aside = 0
            self.problems = []
            self.mark = self.changes = None
        self.state = READING

    def add(self, pages: Sequence[Page[Any]], records: int, problems: Sequence[Problem]) -> None:
        self.cursor = pages[-1].cursor
        self.pages += len(pages)
        self.records += records
        problems = [*problems, *self._turned(pages)]
        self.set_aside += len(problems)
        room = PROBLEMS_KEPT - len(self.problems)
        self.problems += [_plain(problem) for problem in problems[: max(room, 0)]]
        self._refuse_nonsense()

    def _turned(self, pages: Sequence[Page[Any]]) -> list[Problem]:
        """Half of one and half of the other is no list to remove anybody by."""
        found = []
        for page in pages:
            if self.changes not in (None, page.changes):
                found.append(_TURNED)
            self.changes = page.changes
            self.mark = self.mark if page.mark is None else page.mark
        return found

    def _refuse_nonsense(self) -> None:
        """A few odd records are the app's; when many are, it is we who misread the app."""
        everything = self.records + self.set_aside
        if self.set_aside > SET_ASIDE_COUNT and self.set_aside > SET_ASIDE_SHARE * everything:
            first = self.problems[0]
            raise Unexpected(
                f"{self.set_aside} of {everything} records could not be read; the first: "
                f"{first['record']}: {first['reason']}."
            )

    def ended(self) -> bool:
        """True when the whole list was read, so that what is not on it is gone."""
        self.state, self.cursor = OK, None
        return self.set_aside == 0


def _plain(problem: Problem) -> dict[str, str]:
    return {"record": text(problem.record, 200), "reason": text(problem.reason, 300)}


class Progress:
    """The streams of one attempt at a run, saved by a conditional UPDATE that is its fence."""

    def __init__(self, run: Run, names: tuple[str, ...]) -> None:
        self.run = run
        self.streams = {n: StreamProgress(**run.progress.get(n, {})) for n in names}
        self.counts = {"appeared": 0, "changed": 0, "returned": 0, "removed": 0, "held": 0}
        self.counts |= run.counts

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] += number

    def save(self, **changes: Any) -> None:
        """Call it inside the transaction that writes what it speaks of."""
        values = {
            "progress": {name: asdict(stream) for name, stream in self.streams.items()},
            "counts": self.counts,
            "heartbeat_at": timezone.now(),
            **changes,
        }
        mine = Run.objects.filter(pk=self.run.pk, attempt=self.run.attempt, state=Run.RUNNING)
        if "state" not in changes:
            mine = mine.filter(stop_requested_by="")
        if mine.update(**values) != 1:
            raise self._why_not()

    def _why_not(self) -> Exception:
        run = Run.objects.filter(pk=self.run.pk).first()
        if run and run.attempt == self.run.attempt and run.state == Run.RUNNING:
            return StopAsked()
        return Superseded()
