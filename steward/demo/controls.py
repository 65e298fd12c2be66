"""What a test or the demo can do to a simulator while it runs: revoke its token, take a scope
away, slow it down, break its answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from flask import Flask, Response, abort, request
from werkzeug.datastructures import Headers

Break: TypeAlias = Literal["html", "half", "500", "empty", "hang"]


@dataclass
class Controls:
    """`revoke_after` and `broken_after` count requests: 3 means that three are answered well.
    `rate_limit` is (requests, seconds); a fresh window opens when the seconds are over.
    `page_cap` is the largest page given, whatever is asked for. `paths` are the parts of a path
    that are broken; none means all. `hang` waits `hang_seconds` before it answers; `empty` is an
    answer without a body. `hidden` are the ids of people whom the app no longer lists.
    `public_keys` (PEM) are those of OAuth clients and apps, by their id; `clients` are the secrets
    of those that have one. `rotates_after` is how many seconds a token of a consent lasts; None
    means that it has no end and comes without a refresh token.
    """

    tokens: set[str] = field(default_factory=lambda: {"demo-token"})
    revoked: bool = False
    missing_scopes: set[str] = field(default_factory=set)
    plan: str = "enterprise"
    rate_limit: tuple[int, float] | None = None
    latency: float = 0.0
    page_cap: int | None = None
    broken: Break | None = None
    broken_after: int = 0
    paths: tuple[str, ...] = ()
    revoke_after: int | None = None
    hang_seconds: float = 30.0
    hidden: set[str] = field(default_factory=set)
    public_keys: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=lambda: {"demo-client": "demo-secret"})
    rotates_after: int | None = None
    requests: int = 0
    refused: int = 0
    _window: tuple[float, int] = (0.0, 0)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def arrived(self) -> int:
        """How many requests had come before this one."""
        with self._lock:
            self.requests += 1
            if self.revoke_after is not None and self.requests > self.revoke_after:
                self.revoked = True
            return self.requests - 1

    def accepts(self, token: str) -> bool:
        return not self.revoked and token in self.tokens

    def spend(self) -> tuple[int, float]:
        """Requests left in the window (-1: this one is too many), and when it ends (epoch s)."""
        if self.rate_limit is None:
            return 1000, time.time() + 60
        allowed, seconds = self.rate_limit
        with self._lock:
            ends, used = self._window
            if time.time() >= ends:
                ends, used = time.time() + seconds, 0
            self._window = (ends, used + 1)
            left = allowed - used - 1
            self.refused += left < 0
            return left, ends

    def page(self, asked: int, most: int) -> int:
        return max(1, min(asked, most, self.page_cap or most))

    def breaks(self, path: str, before: int) -> Break | None:
        hit = not self.paths or any(part in path for part in self.paths)
        return self.broken if hit and before >= self.broken_after else None


class Dialect(Protocol):
    """How one vendor words things. `token` reads the credential out of the request; the other
    three are its answers, whole with body and headers."""

    def token(self) -> str: ...
    def unauthorized(self) -> Response: ...
    def slow_down(self, ends: float) -> Response: ...
    def hints(self, left: int, ends: float) -> dict[str, str]: ...


def guard(
    app: Flask, controls: Controls, dialect: Dialect, *, open_paths: tuple[str, ...] = ()
) -> None:
    """Every request passes here first. `open_paths` need no credential (a token endpoint)."""

    @app.before_request
    def let_in() -> Response | None:
        before = controls.arrived()
        if controls.latency:
            time.sleep(controls.latency)
        broken = controls.breaks(request.path, before)
        if broken and broken != "half":
            return _broken(broken, controls)
        if request.path not in open_paths and not controls.accepts(dialect.token()):
            return dialect.unauthorized()
        left, ends = controls.spend()
        request.environ["steward.hints"] = dialect.hints(max(left, 0), ends)
        request.environ["steward.half"] = broken == "half"
        return dialect.slow_down(ends) if left < 0 else None

    @app.after_request
    def sign_off(response: Response) -> Response:
        response.headers.extend(Headers(request.environ.get("steward.hints") or {}))
        if request.environ.get("steward.half"):
            body = response.get_data()
            response.set_data(body[: len(body) // 2])
        return response


def _broken(how: Break, controls: Controls) -> Response:
    if how == "hang":
        time.sleep(controls.hang_seconds)
        abort(504)
    answers: dict[str, Callable[[], Response]] = {
        "html": lambda: Response("<!doctype html><title>Sign in</title>", mimetype="text/html"),
        "500": lambda: Response("upstream connect error", status=500, mimetype="text/plain"),
        "empty": lambda: Response("", mimetype="application/json"),
    }
    return answers[how]()
