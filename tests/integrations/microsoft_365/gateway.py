"""Before the simulator: what Microsoft's description describes goes through the proxy that checks
it, also when it comes in a batch; what the description leaves out goes straight."""

from __future__ import annotations

import json
from typing import Any

import httpx2
from werkzeug.wrappers import Request, Response

from tests.integrations.microsoft_365.description import describes


class Gateway:
    """`checked` counts what the proxy let through in both directions, by path."""

    def __init__(self, upstream: str, proxy: str) -> None:
        self.upstream, self.proxy = upstream, proxy
        self.url = ""
        self.checked: list[str] = []
        self._client = httpx2.Client(trust_env=False, timeout=60)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        answer = self._batch(request) if request.path.endswith("/$batch") else self._one(request)
        return answer(environ, start_response)

    def _one(self, request: Request) -> Response:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        answer = self._asked(
            request.method, request.path + query, dict(request.headers), request.get_data()
        )
        names = ("retry-after", "location")
        kept = {k: self._as_seen(v) for k, v in answer.headers.items() if k in names}
        kind = answer.headers.get("content-type")
        return Response(self._as_seen(answer.text), answer.status_code, kept, content_type=kind)

    def _batch(self, request: Request) -> Response:
        found = []
        for one in json.loads(request.get_data())["requests"]:
            path = f"/v1.0{one['url']}"
            answer = self._asked(one["method"], path, dict(request.headers), b"")
            body = json.loads(self._as_seen(answer.text))
            headers = dict(answer.headers)
            found.append(
                {"id": one["id"], "status": answer.status_code, "headers": headers, "body": body}
            )
        return Response(json.dumps({"responses": found}), content_type="application/json")

    def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        names = ("authorization", "content-type", "accept")
        kept = {k: v for k, v in headers.items() if k.lower() in names}
        plain, _, query = path.removeprefix("/v1.0").partition("?")
        if not describes(plain, query):
            return self._client.request(method, self.upstream + path, headers=kept, content=body)
        self.checked.append(plain)
        address = self.proxy + path.removeprefix("/v1.0")
        return self._client.request(method, address, headers=kept, content=body)

    def _as_seen(self, text: str) -> str:
        for host in (self.upstream, self.proxy):
            text = text.replace(f"{host}/v1.0", f"{self.url}/v1.0").replace(host, self.url)
        return text
