"""Asking Microsoft Graph: lists, and many small questions in one request.

`$batch` takes up to 20 questions and answers each with a status of its own; one that came too
often has a 429 and a Retry-After of its own
(https://learn.microsoft.com/graph/json-batching, .../graph/throttling).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from steward.integrations.microsoft_365.asking import RULES, Gone
from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError, Forbidden, Unavailable, Unexpected
from steward.sdk.http import Http
from steward.sdk.limiter import LONGEST_NAP
from steward.sdk.paging import odata_pages
from steward.sdk.ratelimit import wait_asked
from steward.sdk.rules import judge

Object = dict[str, Any]
Outcome = Object | ConnectorError

AT_ONCE = 20
TRIES = 6
NEXT = "@odata.nextLink"


class Graph:
    """`base` is the host's address; paths are those of version 1.0."""

    def __init__(self, context: Context, base: str, auth: httpx2.Auth) -> None:
        self.base = f"{base}/v1.0"
        self.http = Http(context, self.base, auth=auth, rules=RULES)
        self._limiter = context.limiter

    def close(self) -> None:
        self.http.close()

    def one(self, path: str, **params: Any) -> Object:
        return object_of(self.http.get(path, **_options(params)))

    def pages(self, path: str, after: Cursor = None, **params: Any) -> Iterator[tuple[Answer, Any]]:
        return odata_pages(self.http, path, after, **_options(params))

    def batch(self, paths: Sequence[str]) -> list[Outcome]:
        """The answers in the order of the questions. Whatever is gone or not permitted comes as
        the error it is; whatever came too often is asked again when it may be."""
        waiting = {str(number): path for number, path in enumerate(paths)}
        found: dict[str, Outcome] = {}
        for attempt in range(1, TRIES + 1):
            slow = self._ask(waiting, found)
            if not waiting:
                break
            self._wait(slow, attempt)
        return [found[str(number)] for number in range(len(paths))]

    def _ask(self, waiting: dict[str, str], found: dict[str, Outcome]) -> Unavailable:
        """Moves what was answered from those waiting to those found."""
        asked = [{"id": n, "method": "GET", "url": path} for n, path in waiting.items()]
        answers = object_of(self.http.post("/$batch", json={"requests": asked})).get("responses")
        if not isinstance(answers, list):
            raise Unexpected("Microsoft did not answer the questions that were put together.")
        slow = Unavailable("Microsoft left some of the questions unanswered.")
        for answer in answers:
            outcome = self._outcome(answer)
            if isinstance(outcome, Unavailable):
                slow = max(slow, outcome, key=lambda error: error.retry_after or 0)
            elif waiting.pop(str(answer["id"]), None) is not None:
                found[str(answer["id"])] = outcome
        return slow

    def _outcome(self, answer: Mapping[str, Any]) -> Outcome:
        status, body = int(answer["status"]), answer.get("body")
        headers = httpx2.Headers({k: str(v) for k, v in (answer.get("headers") or {}).items()})
        wait = wait_asked(headers, body) if status >= 400 else None
        error = judge(RULES, status, headers, body, wait)
        if status == 429 and wait is not None:
            self._limiter.refused(wait)
        if error is None and isinstance(body, dict):
            return body
        if isinstance(error, Unavailable | Forbidden | Gone):
            return error
        raise error or Unexpected("Microsoft answered with something else than an object.")

    def _wait(self, slow: Unavailable, attempt: int) -> None:
        pause = slow.retry_after
        if attempt == TRIES or (pause is not None and pause > LONGEST_NAP):
            raise slow
        if pause is None:
            self._limiter.back_off(attempt)
        else:
            self._limiter.pause(pause)

    def relative(self, link: str) -> str:
        """A next link as a question in a batch, which knows paths only."""
        if not link.startswith(f"{self.base}/"):
            raise Unexpected("Microsoft points to another host for the rest of a list.")
        return link.removeprefix(self.base)


def _options(params: Mapping[str, Any]) -> Object:
    """`select` is Graph's `$select`."""
    return {f"${name}": value for name, value in params.items()}


def question(path: str, **params: Any) -> str:
    return f"{path}?{urlencode(_options(params), quote_via=quote, safe='$,()')}"


def segment(own_id: str) -> str:
    return quote(own_id, safe="")


def object_of(answer: Answer) -> Object:
    found = answer.json()
    if not isinstance(found, dict):
        raise Unexpected("Microsoft answered with something else than what was asked for.")
    return found


def values(body: Object) -> list[Any]:
    found = body.get("value")
    if not isinstance(found, list):
        raise Unexpected("Microsoft answered with something else than the list asked for.")
    return found


def listed(answer: Answer) -> list[Any]:
    return values(object_of(answer))
