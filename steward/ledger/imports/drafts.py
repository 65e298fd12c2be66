"""Files that somebody is looking at: kept for an hour, and gone with their import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory.imports import Import, ImportDraft, ImportDraftRow, ImportTask
from steward.inventory.member import Member
from steward.inventory.problems import Conflict
from steward.ledger.imports import bringing
from steward.ledger.imports.bringing import Brought, messages_of
from steward.ledger.imports.shown import changes_of
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import ERROR

LIFE, TOLD = timedelta(hours=1), timedelta(days=7)


def keep(brought: Brought, member: Member | None) -> ImportDraft:
    drop_old()
    made: ImportDraft = ImportDraft.objects.create(
        member=member,
        kind=brought.kind.slug,
        file_name=brought.upload.name,
        content=brought.content,
        mapping=brought.mapping,
        options=brought.options.facts(),
        expires_at=timezone.now() + LIFE,
    )
    return made


def drop_old() -> None:
    """Not what a worker is at. What became of large files is told for a week."""
    under_way = ImportTask.objects.filter(state__in=ImportTask.OPEN, draft__isnull=False)
    old = ImportDraft.objects.filter(expires_at__lt=timezone.now())
    old.exclude(pk__in=under_way.values("draft")).delete()
    ImportTask.objects.filter(ended_at__lt=timezone.now() - TOLD).delete()


def find(number: int, member: Member) -> ImportDraft | None:
    """One's own, while its time is not up."""
    rows = ImportDraft.objects.filter(member=member, expires_at__gt=timezone.now())
    found: ImportDraft | None = rows.filter(pk=number).first()
    return found


def open_draft(
    draft: ImportDraft,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Brought:
    """As it was left, or with other columns and options."""
    return Brought.of(
        draft.kind,
        draft.file_name,
        bytes(draft.content),
        draft.mapping if mapping is None else mapping,
        {**draft.options, **(options or {})},
    )


def look(draft: ImportDraft, brought: Brought) -> None:
    """What it would do, row by row, kept for the pages that show it."""

    with transaction.atomic():
        ImportDraftRow.objects.filter(draft=draft).delete()
        counts = bringing.look(brought, lambda rows: keep_rows(draft, rows))
        looked(draft, brought, counts)


def keep_rows(draft: ImportDraft, rows: Sequence[Row]) -> None:
    ImportDraftRow.objects.bulk_create([_kept(draft, row) for row in rows], batch_size=200)


def looked(draft: ImportDraft, brought: Brought, counts: dict[str, int] | None) -> None:
    """With these columns and options; `counts` are None while it is not known what it would do."""
    draft.counts = counts
    draft.mapping, draft.options = brought.mapping, brought.options.facts()
    draft.expires_at = timezone.now() + LIFE
    draft.save(update_fields=["counts", "mapping", "options", "expires_at"])


def _kept(draft: ImportDraft, row: Row) -> ImportDraftRow:
    return ImportDraftRow(
        draft=draft,
        line=row.line,
        verdict=row.verdict,
        name=row.name[:300],
        changes=changes_of(row),
        errors=messages_of(row),
        cells=row.cells if row.verdict == ERROR else [],
    )


@transaction.atomic
def bring(draft: ImportDraft, *, by: str, good_rows: bool, again: bool) -> Import:
    """Of two clicks on the button one brings it."""
    if not ImportDraft.objects.select_for_update().filter(pk=draft.pk).exists():
        raise Conflict("This file was imported a moment ago.", code="imported")
    entered = bringing.bring(open_draft(draft), by=by, good_rows=good_rows, again=again)
    ImportDraft.objects.filter(pk=draft.pk).delete()
    return entered
