"""Carrying out a run: streams in order, some pages at a time, each batch one transaction with
its checkpoint. The verdict is the engine's, never the connector's.

A worker that dies leaves a run that goes on where it was. A worker that was only slow finds its
attempt superseded at the next batch and leaves without a trace.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from steward import tracing
from steward.inventory.instance import Instance
from steward.inventory.run import OPEN, Run
from steward.sdk.connector import Connector, Page
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sync import charges, marks, scopes, together, usage, verdict
from steward.sync import progress as states
from steward.sync.ahead import Halt, ahead, decoded, printed
from steward.sync.batches import batches
from steward.sync.opening import check, connector_of, integration_of, pages_of
from steward.sync.people import is_authority
from steward.sync.progress import Progress, StopAsked, Superseded
from steward.sync.salt import salt_of
from steward.sync.scopes import ESSENTIAL
from steward.sync.streams import FINISHERS, End
from steward.sync.tallies import tell_if_untold
from steward.sync.writers.page import Writer

log = structlog.get_logger(__name__)


def carry_out(run_id: int) -> None:
    """Take the run and bring it to an end, or to a pause that was asked for."""
    run = take(run_id)
    if run is None:
        return
    facts = {"run": run.pk, "instance": run.instance_id}
    with structlog.contextvars.bound_contextvars(**facts), tracing.span("run", **facts):
        tracing.note(integration=run.instance.integration, attempt=run.attempt)
        try:
            _Attempt(run).carry_out()
        except Superseded:
            log.info("run superseded", attempt=run.attempt)
            tracing.note(outcome="superseded")
        else:
            tell_if_untold(run.book)
            usage.tell_if_small(run.book)


def take(run_id: int) -> Run | None:
    """Make the run this worker's. The new attempt number shuts out whoever had it before."""
    now = timezone.now()
    mine = Run.objects.filter(pk=run_id, state__in=OPEN)
    changes = {"state": Run.RUNNING, "attempt": F("attempt") + 1, "heartbeat_at": now}
    changes |= {"started_at": Coalesce("started_at", now), "resume_at": None}
    if not mine.update(**changes, code="", error=""):
        return None
    run: Run = Run.objects.select_related("instance").get(pk=run_id)
    return run


@dataclass
class _Attempt:
    run: Run

    def carry_out(self) -> None:
        run = self.run
        try:
            connector = integration_of(run.instance)
            self.progress = Progress(run, connector.streams())
            self.salt = salt_of(run.instance)
            self.writer = Writer(run, salt=self.salt, authority=is_authority(run.instance))
            with Halt() as self.halt, self._opened() as opened:
                self._read_all(opened)
            if self.writer.touched:
                together.tell(run.book, self.progress.save, self.writer.touched.at_the_end())
        except StopAsked:
            verdict.stopped(self.progress)
        except Unavailable as error:
            verdict.unavailable(self.progress, error)
        except (Unauthorized, Forbidden) as error:
            verdict.refused(self.progress, error)
        except ConnectorError as error:
            verdict.failed(self.progress, error)
        else:
            verdict.reached(self.progress)

    def _opened(self) -> AbstractContextManager[Connector]:
        accounts = self.progress.streams.get(ESSENTIAL)
        waits = accounts is not None and not accounts.is_done
        begin_at = (
            marks.choose(self.run, ESSENTIAL, accounts, self.salt) if accounts and waits else {}
        )
        return connector_of(self.run.instance, self.halt, begin_at, charges.begin(self.run))

    def _read_all(self, connector: Connector) -> None:
        for name in self.progress.streams:
            if not self.progress.streams[name].is_done:
                self._read(connector, name)

    def _read(self, connector: Connector, name: str) -> None:
        """One stream. Only what concerns the whole instance is raised; the rest is noted."""
        try:
            with tracing.span(f"stream {name}", stream=name):
                self._refuse_ungranted(connector, name)
                self._read_pages(connector, name)
        except Unauthorized as error:
            self._confirm(connector, name, error)
        except Forbidden as error:
            if name == ESSENTIAL:
                raise
            missing = self._missing(connector, name, error)
            self._note(name, states.NOT_PERMITTED, error.message, missing)
        except Unexpected as error:
            if name == ESSENTIAL:
                raise
            log.warning("stream failed", stream=name, error=error.message)
            self._note(name, states.FAILED, error.message)

    def _refuse_ungranted(self, connector: Connector, name: str) -> None:
        """A consent says with each token what it covers; what it does not is not even asked for."""
        option = type(connector).option(self.run.instance.credential.auth)
        if option.consent:
            granted = Instance.objects.values_list("scopes", flat=True).get(pk=self.run.instance_id)
            missing = scopes.of_stream(scopes.lacking(option, granted), name)
            if missing:
                raise Forbidden(scopes.NOT_GRANTED, missing=missing)

    def _read_pages(self, connector: Connector, name: str) -> None:
        stream = self.progress.streams[name]
        if name == ESSENTIAL and stream.cursor is None:
            self.writer.sightings.begin()
        stream.begin()
        pages = pages_of(connector, name, stream.cursor)
        if name == ESSENTIAL:
            pages = printed(pages, self.salt)
        if name != ESSENTIAL or self.writer.is_first:
            pages = decoded(pages)
        for batch in batches(ahead(pages, self.halt)):
            with transaction.atomic():
                if batch:
                    self._write(name, batch)
                self.progress.save(**self._moved(bool(batch)))
        self._finish(connector, name)
        tracing.note(records=stream.records, pages=stream.pages)

    def _moved(self, further: bool) -> dict[str, int]:
        return {"moved": self.run.attempt} if further else {}

    def _write(self, name: str, batch: list[Page[Any]]) -> None:
        essential = name == ESSENTIAL
        if not essential and any(page.changes or page.gone for page in batch):
            raise Unexpected(f"The integration gave changes of {name}, of which all must be read.")
        write = self.writer.write_accounts if essential else partial(self.writer.write_others, name)
        written = write(batch)
        self.progress.count(**written.counts)
        self.progress.streams[name].add(batch, written.records, written.problems)

    def _finish(self, connector: Connector, name: str) -> None:
        """The generator has come to its end by itself: only now is the list known to be whole."""
        FINISHERS[name].before(self.run, connector, self.progress.save)
        with transaction.atomic():
            stream = self.progress.streams[name]
            end = End(self.run, stream.ended(), bool(stream.changes), self.writer.sightings)
            counts = FINISHERS[name].after(end)
            self.progress.count(**counts)
            if counts.get("removed"):
                self.writer.touched.note_all()
            if name == ESSENTIAL:
                marks.settle(self.run, name, stream, complete=end.complete)
            self.progress.save(**self._moved(True))

    def _confirm(self, connector: Connector, name: str, error: Unauthorized) -> None:
        """A refusal counts only when a separate check of the credential is refused too."""
        if error.final:
            raise error
        check(connector)
        if name == ESSENTIAL:
            raise Unexpected(
                f"The app refused to list its {name} though the credential is good: {error.message}"
            )
        self._note(name, states.FAILED, error.message)

    def _missing(self, connector: Connector, name: str, error: Forbidden) -> list[str]:
        """The scopes by name: what the app says, else what the integration asks for."""
        auth = self.run.instance.credential.auth
        return list(error.missing or type(connector).scopes_of(name, auth))

    def _note(self, name: str, state: str, error: str, missing: list[str] | None = None) -> None:
        stream = self.progress.streams[name]
        stream.state, stream.error, stream.missing = state, error, missing or []
        stream.cursor = None
        with transaction.atomic():
            self.progress.save()
