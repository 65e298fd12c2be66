"""How much is read between two checkpoints: enough that writing pays, and little enough that a
killed worker costs the app no more than one batch read again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from steward.sdk.connector import Page

RECORDS = 2_000
SECONDS = 2.0


def batches(pages: Iterator[Page[Any] | None]) -> Iterator[list[Page[Any]]]:
    """A batch ends when it is full or old, and before an error is passed on: what came until then
    is good. While nothing comes there is an empty one as often, so that the run notices what was
    asked of it meanwhile."""
    batch: list[Page[Any]] = []
    size, began = 0, time.monotonic()
    try:
        for page in pages:
            if page is not None:
                batch.append(page)
                size += len(page) + len(page.gone)
            if size >= RECORDS or time.monotonic() - began > SECONDS:
                yield batch
                batch, size, began = [], 0, time.monotonic()
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
