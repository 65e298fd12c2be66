"""Reads a Google of any size that makes its answers up as it is asked, and tells the peak of memory
in KB: `python -m tests.integrations.google_workspace.many 5000`."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from steward.demo.serving import serving
from tests.integrations.google_workspace.tenant import google

Row = dict[str, Any]


class Many:
    """A tenth of the users are asked for their apps, so that the test ends this year."""

    def __init__(self, users: int) -> None:
        self.users = users

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        body = json.dumps(self._answer(request))
        return Response(body, mimetype="application/json")(environ, start_response)

    def _answer(self, request: Request) -> Row:
        if request.path == "/token":
            return {"access_token": "ya29.made-up", "expires_in": 3599}
        name = request.path.rpartition("/")[2]
        if name == "tokens":
            return {"items": [{"clientId": "1", "displayText": "Slack", "scopes": ["openid"]}]}
        lacking = "/product/" in request.path and "/Google-Apps/" not in request.path
        if name in ("users", "members") and not lacking:
            return self._page(request)
        return {"groups": [{"id": "g1", "name": "All"}]} if name == "groups" else {}

    def _page(self, request: Request) -> Row:
        start = int(request.args.get("pageToken", "0"))
        size = int(request.args["maxResults"])
        fields, licensed = request.args["fields"], "/product/" in request.path
        every = 10 if fields == "nextPageToken,users(id)" else 1
        numbers = range(start, min(start + size, self.users // every))
        key = "items" if licensed else request.path.rpartition("/")[2]
        body: Row = {key: list(map(self._licence if licensed else self._user, numbers))}
        return body | ({"nextPageToken": str(numbers.stop)} if len(numbers) == size else {})

    def _user(self, number: int) -> Row:
        return {
            "id": str(104000000000000000000 + number),
            "type": "USER",
            "primaryEmail": f"user{number}@example.com",
            "customerId": "C0many",
            "name": {"fullName": f"Many {number}"},
            "organizations": [{"department": "Sales", "title": "Account Executive"}],
            "lastLoginTime": "2026-01-01T00:00:00.000Z",
        }

    def _licence(self, number: int) -> Row:
        return {"userId": f"user{number}@example.com", "skuId": "1010020025"}


def read(users: int) -> Iterator[tuple[str, int]]:
    with serving(Many(users)) as url, google(url) as connector:
        for stream in ("accounts", "groups", "licenses", "grants"):
            records = 0
            for page in getattr(connector, stream)(None):
                records += len(page.records)
            yield stream, records


if __name__ == "__main__":
    told = dict(read(int(sys.argv[1])))
    print(json.dumps(told | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
