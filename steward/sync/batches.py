"""How much is read between two checkpoints: enough that writing pays, and little enough that a
killed worker costs the app no more than one batch read again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from steward.sdk.connector import Page

RECORDS = 2_000
SECONDS = 1.0


def batches(pages: Iterator[Page[Any]]) -> Iterator[list[Page[Any]]]:
    """A batch ends when it is full or old, and before an error is passed on: what came until then
    is good. A page without a cursor goes with those before it, never alone ahead of them."""
    batch: list[Page[Any]] = []
    size, began = 0, time.monotonic()
    while True:
        try:
            page = next(pages, None)
        except Exception:
            if batch:
                yield batch
            raise
        if page is not None:
            batch.append(page)
            size += len(page)
        full = size >= RECORDS or time.monotonic() - began > SECONDS
        if batch and (page is None or full):
            yield batch
            batch, size, began = [], 0, time.monotonic()
        if page is None:
            return
