"""An answer of an app, read whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
import msgspec

from steward.sdk.errors import Unexpected

T = TypeVar("T")
_SHAPE_DEPTH = 4


@dataclass(frozen=True, repr=False)
class Answer:
    """Its repr shows neither address nor body: either may hold what nobody should read."""

    status: int
    headers: httpx2.Headers
    url: str
    body: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"

    def json(self) -> Any:
        return self.decode(None)

    def decode(self, kind: type[T] | None) -> Any:
        """The body as JSON, checked against `kind` where one is given."""
        try:
            return msgspec.json.decode(self.body, type=kind or Any)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._not_data() from None

    def items(self, path: str = "") -> list[msgspec.Raw]:
        """The list at that field, or the body itself, each item as the bytes that came."""
        if not path:
            whole: list[msgspec.Raw] = self.decode(list[msgspec.Raw])
            return whole
        found = self.decode(dict[str, msgspec.Raw]).get(path)
        return msgspec.json.decode(found, type=list[msgspec.Raw]) if found else []

    def lenient_json(self) -> Any:
        """For looking at what may be an error: None where it is not JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def next_link(self) -> str | None:
        """The target of `rel="next"` (RFC 8288), absolute."""
        link = httpx2.Response(self.status, headers=self.headers).links.get("next")
        return str(httpx2.URL(self.url).join(link["url"])) if link else None

    def shape(self) -> str:
        """Names and kinds of what came, without a single value: safe to keep and to show."""
        kind = self.headers.get("content-type", "no content type")
        body = self.lenient_json()
        inside = json.dumps(_shape(body, _SHAPE_DEPTH)) if body is not None else "not JSON"
        return f"HTTP {self.status}, {kind}, {len(self.body)} bytes: {inside}"[:2000]

    def _not_data(self) -> Unexpected:
        host = httpx2.URL(self.url).host
        if is_page(self):
            said = f"{host} answered with a web page instead of data; check the address."
        elif not self.body.strip():
            said = f"{host} gave an empty answer where data was expected."
        else:
            said = f"{host} gave an answer that is not whole or not JSON."
        return Unexpected(said, sample=self.shape())


def is_page(answer: Answer) -> bool:
    start = answer.body[:200].lstrip().lower()
    return "html" in answer.headers.get("content-type", "") or start.startswith(
        (b"<!doctype html", b"<html")
    )


def _shape(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        return {str(k)[:60]: _shape(v, depth - 1) for k, v in list(value.items())[:40]}
    if isinstance(value, list):
        return [_shape(value[0], depth - 1), f"× {len(value)}"] if value and depth else []
    return type(value).__name__
