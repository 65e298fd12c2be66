"""Reading the body of an answer without trusting its length, its compression or its pace."""

from __future__ import annotations

import time

import httpx2

from steward.sdk.errors import Unavailable, Unexpected


def read_whole(response: httpx2.Response, max_bytes: int, seconds: float) -> bytes:
    """`max_bytes` counts what comes out of decompression, so that a bomb is found in time;
    `seconds` bounds the whole, so that a trickle does not hold a worker."""
    host = response.request.url.host
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes(65_536):
        size += len(part)
        if size > max_bytes:
            raise Unexpected(
                f"{host} sent an answer of more than {max_bytes // 1_048_576} MB; that is no page "
                "of a list. Check the address of this instance."
            )
        if time.monotonic() > deadline:
            raise Unavailable(f"{host} takes too long over its answer.")
        parts.append(part)
    return b"".join(parts)
