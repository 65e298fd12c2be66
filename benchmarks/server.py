"""A SCIM server that costs as little as can be: its pages are made before the clock starts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = 200


def user(number: int) -> dict[str, object]:
    return {
        "id": f"user-{number:07d}",
        "userName": f"user{number}@corp.example",
        "displayName": f"User {number}",
        "active": number % 20 != 0,
        "emails": [{"value": f"user{number}@corp.example", "primary": True}],
        "meta": {"created": "2025-01-07T09:00:00Z", "lastModified": "2026-01-07T09:00:00Z"},
    }


def pages_of(count: int) -> list[bytes]:
    return [
        json.dumps(
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": count,
                "startIndex": start + 1,
                "itemsPerPage": min(PAGE, count - start),
                "Resources": [user(n) for n in range(start, min(start + PAGE, count))],
            }
        ).encode()
        for start in range(0, count, PAGE)
    ]


@contextmanager
def serving(count: int) -> Iterator[str]:
    """In a process of its own, so that it shares no interpreter with what is measured."""
    command = [sys.executable, "-m", "benchmarks.server", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def serve(count: int) -> None:
    pages = pages_of(count)
    nothing = json.dumps({"totalResults": 0, "Resources": []}).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one packet: in two, each page would wait for a delayed ACK.
        wbufsize = 1024 * 1024

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = parse_qs(address.query)
            place = (int(asked.get("startIndex", ["1"])[0]) - 1) // PAGE
            here = address.path.endswith("/Users") and place < len(pages)
            body = pages[place] if here else nothing
            self.send_response(200)
            self.send_header("Content-Type", "application/scim+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}/scim/v2", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
