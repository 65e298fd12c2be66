"""A SCIM service of its own process. Its pages are made when they are asked for, as an app's are,
from users of the size that directories send (about 900 bytes)."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import msgspec

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DEPARTMENTS = ("Sales", "Engineering", "Finance", "People", "Support")


def user(number: int, promoted: bool) -> dict[str, object]:
    boss = number // 10
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": f"00u{number:017d}",
        "externalId": f"e{number}",
        "userName": f"user{number}@corp.example",
        "name": {
            "givenName": f"Given{number}",
            "familyName": f"Family{number}",
            "formatted": f"Given{number} Family{number}",
        },
        "displayName": f"Given{number} Family{number}",
        "title": "Lead" if promoted else "Engineer",
        "active": number % 20 != 0,
        "emails": [{"value": f"user{number}@corp.example", "primary": True, "type": "work"}],
        "phoneNumbers": [{"value": f"+1 555 {number:07d}", "type": "work"}],
        "userType": "Employee",
        "preferredLanguage": "en-US",
        ENTERPRISE: {
            "employeeNumber": str(number),
            "department": DEPARTMENTS[number % 5],
            "costCenter": "42",
            "manager": {"value": f"00u{boss:017d}", "displayName": f"Given{boss} Family{boss}"},
        },
        "meta": {
            "resourceType": "User",
            "created": "2025-01-07T09:00:00Z",
            "lastModified": "2026-01-07T09:00:00Z",
            "location": f"https://corp.example/scim/v2/Users/00u{number:017d}",
        },
    }


class Handler(BaseHTTPRequestHandler):
    """After `/change` has been asked for once, one in a hundred users is another than before."""

    protocol_version = "HTTP/1.1"
    # Head and body in one packet: in two, each page would wait for a delayed ACK.
    wbufsize = 4 * 1024 * 1024
    accounts = 0
    delay = 0.0
    every = 0

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        Handler.every = 100 if address.path == "/change" else Handler.every
        asked = parse_qs(address.query)
        start = int(asked.get("startIndex", ["1"])[0]) - 1
        count = int(asked.get("count", ["200"])[0])
        listed = address.path.endswith("/Users")
        time.sleep(self.delay if listed else 0)
        body = self.page(start, count) if listed else {"totalResults": 0, "Resources": []}
        raw = msgspec.json.encode(body)
        self.send_response(200)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def page(self, start: int, count: int) -> dict[str, object]:
        numbers = range(start, min(start + count, self.accounts))
        return {
            "totalResults": self.accounts,
            "startIndex": start + 1,
            "itemsPerPage": len(numbers),
            "Resources": [user(n, bool(self.every) and n % self.every == 0) for n in numbers],
        }

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(accounts: int, delay: float = 0.0) -> Iterator[str]:
    """In a process of its own, so that it shares no interpreter with what is measured."""
    command = [sys.executable, "-m", "benchmarks.server", str(accounts), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    Handler.accounts, Handler.delay = int(sys.argv[1]), float(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
