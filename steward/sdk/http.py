"""The HTTP client of connectors: patient, suspicious, and silent about secrets.

A request is tried again while the app is unavailable, waits as the app asks, goes only where the
network allows, never carries the credential to another host, and gives up on answers that are
too large, too slow, or not data. Every failure is one of the four errors (see `sdk.errors`).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeVar

import httpx2

from steward.sdk.answer import Answer, is_page
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError, Unavailable, Unexpected
from steward.sdk.limiter import LONGEST_NAP
from steward.sdk.network import CheckedTransport
from steward.sdk.ratelimit import left_of, wait_asked
from steward.sdk.reading import read_whole
from steward.sdk.rules import Rule, judge, looks_inside

T = TypeVar("T")
REDIRECTS = 5
MAX_BYTES = 64 * 1024 * 1024
_FOLLOWED = (301, 302, 303, 307, 308)


class Http:
    """`max_bytes` bounds an answer after decompression; `timeout` is in seconds, for each step
    of the connection, and ten times that for a whole answer."""

    def __init__(
        self,
        context: Context,
        base_url: str,
        *,
        auth: httpx2.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        rules: tuple[Rule, ...] = (),
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        tries: int = 4,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._origin = httpx2.URL(self.base_url).origin
        self._limiter = context.limiter
        self._watch = context.watch
        self._auth = auth
        self._rules = rules
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._tries = tries
        self._client = httpx2.Client(
            transport=CheckedTransport(context.network),
            headers={"Accept": "application/json", "User-Agent": "Steward", **(headers or {})},
            timeout=timeout,
            trust_env=False,
        )

    def __enter__(self) -> Http:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **params: Any) -> Answer:
        return self.request("GET", path, params=params)

    def post(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        return self.request("POST", path, params=params, json=json, form=form)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One answer, after as many tries as it takes; raises one of the four errors."""
        url = self._url(path)
        if params:
            given = {k: _text(v) for k, v in params.items() if v is not None}
            url = url.copy_merge_params(given) if given else url
        request = self._client.build_request(method, url, json=json, data=form, headers=headers)
        return self._patiently(lambda: self._once(request))

    def _url(self, path: str) -> httpx2.URL:
        """An absolute address (a next link, say) must be on the host we were connected to."""
        if not path.startswith(("http://", "https://")):
            return httpx2.URL(f"{self.base_url}/{path.lstrip('/')}")
        url = httpx2.URL(path)
        if url.origin != self._origin:
            raise Unexpected(
                f"The app points to another host ({url.host}) for the rest of the list. Steward "
                "does not take the credential there; check the address of this instance."
            )
        return url

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Tried again only while the app is unavailable, and for no longer than a nap at once."""
        for attempt in range(1, self._tries + 1):
            try:
                with self._limiter.turn():
                    return ask()
            except Unavailable as error:
                pause = error.retry_after
                if attempt == self._tries or (pause is not None and pause > LONGEST_NAP):
                    raise
                if pause is None:
                    self._limiter.back_off(attempt)
                else:
                    self._limiter.pause(pause)
        raise AssertionError("unreachable")

    def _once(self, request: httpx2.Request) -> Answer:
        answer = self._followed(request)
        body = answer.lenient_json() if looks_inside(self._rules, answer.status) else None
        asked = wait_asked(answer.headers, body) if answer.status >= 400 else None
        error = judge(self._rules, answer.status, answer.headers, body, asked)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and asked is not None:
            self._limiter.refused(asked)
        if error is not None:
            raise _with_sample(error, answer)
        left = left_of(answer.headers)
        if left:
            self._limiter.told(*left)
        return answer

    def _followed(self, request: httpx2.Request) -> Answer:
        """Redirects are followed by hand: each target is checked anew by the transport, and the
        credential stays behind when the host changes."""
        auth: httpx2.Auth | None = self._auth
        for _ in range(REDIRECTS):
            with self._watch("http", request.method, request.url.host) as answered:
                answer = self._sent(request, auth)
                answered(answer.status)
            target = answer.headers.get("location")
            if answer.status not in _FOLLOWED or not target:
                return answer
            url = httpx2.URL(answer.url).join(target)
            if url.scheme not in ("http", "https") or (
                request.url.scheme == "https" and url.scheme == "http"
            ):
                raise Unexpected("The app redirects to an address that is not safe to follow.")
            if is_page(answer) and request.method != "GET":
                raise Unexpected("The app redirects to a web page; check the address.")
            same_host = url.origin == self._origin
            auth = self._auth if same_host else None
            request = self._client.build_request("GET", url)
            if not same_host:
                request = httpx2.Request("GET", url, headers={"User-Agent": "Steward"})
        raise Unexpected("The app redirects in circles; check the address of this instance.")

    def _sent(self, request: httpx2.Request, auth: httpx2.Auth | None) -> Answer:
        host = request.url.host
        try:
            response = self._client.send(request, auth=auth, stream=True)
            try:
                body = read_whole(response, self._max_bytes, self._timeout * 10)
            finally:
                response.close()
        except httpx2.TimeoutException:
            raise Unavailable(f"{host} did not answer within {self._timeout:.0f} s.") from None
        except httpx2.DecodingError:
            raise Unexpected(f"{host} sent an answer whose compression is broken.") from None
        except (httpx2.TransportError, ssl.SSLError) as error:
            raise _unreachable(host, error) from None
        return Answer(response.status_code, response.headers, str(request.url), body)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _unreachable(host: str, error: BaseException) -> ConnectorError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unexpected(
                f"The certificate of {host} cannot be trusted ({cause.verify_message}). Steward "
                "sends no credential to a host that cannot prove who it is."
            )
        if isinstance(cause, ssl.SSLError):
            return Unexpected(f"{host} does not speak TLS as it should; check the address.")
        cause = cause.__cause__ or cause.__context__
    return Unavailable(f"{host} cannot be reached, or broke off in the middle of its answer.")


def _with_sample(error: ConnectorError, answer: Answer) -> ConnectorError:
    """An error that asks for the maintainer carries the shape of the answer, without values."""
    if isinstance(error, Unexpected):
        error.sample = answer.shape()
    return error
