"""A timeline on a page: one screenful, and the way to what lies further back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from steward.insight.telling import Line, lines
from steward.insight.timeline import DEEPEST, Event

PER_PAGE = 30


class History:
    """`back` is in the address, so that a page of the past can be sent to somebody."""

    def __init__(
        self, request: HttpRequest, events_of: Callable[[Any, int, int], list[Event]], of: Any
    ) -> None:
        given = request.GET.get("back", "")
        plain = given.isascii() and given.isdecimal() and len(given) < 6
        self.start = min(int(given), DEEPEST) if plain else 0
        self._events = events_of(of, self.start, PER_PAGE + 1)

    @cached_property
    def lines(self) -> list[Line]:
        return lines(self._events[:PER_PAGE])

    @property
    def older(self) -> int | None:
        return self.start + PER_PAGE if len(self._events) > PER_PAGE else None

    @property
    def newer(self) -> int | None:
        return max(self.start - PER_PAGE, 0) if self.start else None
