"""A real server that answers what a test tells it to, and a context that does not sleep."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from steward.sdk.context import Context
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network


class Vendor(ThreadingHTTPServer):
    """`answer(handler)` writes one answer; what was asked is kept in `asked`."""

    daemon_threads = True

    def __init__(self):
        self.answer = None
        self.asked = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self):
        scheme = "https" if hasattr(self.socket, "context") else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}"

    def json(self, *bodies, status=200, **headers):
        """Each body once, the last one for ever."""
        left = list(bodies)

        def answer(handler):
            body = left.pop(0) if len(left) > 1 else left[0]
            write(handler, status, body, {"Content-Type": "application/json", **headers})

        self.answer = answer

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers), self.body))
        self.server.answer(self)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


def write(handler, status, body, headers=()):
    content = body if isinstance(body, bytes) else body.encode()
    handler.send_response(status)
    for name, value in dict(headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def serving():
    server = Vendor()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def vendor():
    with serving() as server:
        yield server


@pytest.fixture
def another_host():
    with serving() as server:
        yield server


@pytest.fixture
def naps():
    return []


@pytest.fixture
def context(naps):
    return Context(
        settings={},
        credentials={},
        network=Network.of("127.0.0.0/8"),
        limiter=Limiter(sleep=naps.append),
    )


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
