"""Serve a simulator over real HTTP on loopback, in a thread of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

_seen_at: dict[str, str] = {}


class _Quiet(WSGIRequestHandler):
    """HTTP/1.1 keeps connections open between pages, as the vendors do."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        pass


@contextmanager
def serving(app: Callable[..., Any], port: int = 0) -> Iterator[str]:
    """Yields the base URL, without a slash at the end."""
    server = make_server("127.0.0.1", port, _told(app), threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def seen_at(upstream: str, public: str) -> Iterator[None]:
    """While a proxy at `public` stands before `upstream`, the links in the app's answers lead to
    the proxy, whatever Host it passes on."""
    host = urlsplit(upstream).netloc
    _seen_at[host] = urlsplit(public).netloc
    try:
        yield
    finally:
        del _seen_at[host]


def _told(app: Callable[..., Any]) -> Callable[..., Any]:
    def told(environ: dict[str, Any], start_response: Any) -> Any:
        own = f"127.0.0.1:{environ['SERVER_PORT']}"
        environ["HTTP_HOST"] = _seen_at.get(own, environ.get("HTTP_HOST", own))
        return app(environ, start_response)

    return told
