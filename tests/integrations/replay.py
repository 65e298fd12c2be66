"""A real server on loopback that plays the app's side of a recorded conversation."""

import json
from contextlib import contextmanager

from werkzeug.wrappers import Request, Response

from steward.demo.serving import serving


class Replay:
    """`fault` takes the place of every answer while it is set: (status, headers, body)."""

    def __init__(self, exchanges):
        self.exchanges = exchanges
        self.fault = None
        self.asked = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append(f"{request.method} {request.path}")
        base = request.host_url.rstrip("/")
        return self._answer(request, base)(environ, start_response)

    def _answer(self, request, base):
        if self.fault:
            status, headers, body = self.fault
            return Response(body, status, headers)
        fitting = [e for e in self.exchanges if self._fits(e["request"], request)]
        if not fitting:
            return Response(json.dumps({"error": "not recorded"}), 404)
        told = max(fitting, key=lambda e: len(e["request"].get("query", {})))["response"]
        body = told.get("text", json.dumps(told.get("json")))
        headers = {"Content-Type": "application/json", **told.get("headers", {})}
        headers = {k: v.replace("{base}", base) for k, v in headers.items()}
        return Response(body.replace("{base}", base), told.get("status", 200), headers)

    @staticmethod
    def _fits(recorded, request):
        wanted = recorded.get("query", {})
        return (
            recorded["method"] == request.method
            and recorded["path"] == request.path
            and all(request.args.get(k) == str(v) for k, v in wanted.items())
        )


@contextmanager
def replaying(conversation):
    replay = Replay(conversation.exchanges)
    with serving(replay) as base:
        yield replay, base


def filled(values, base):
    return {k: v.replace("{base}", base) if isinstance(v, str) else v for k, v in values.items()}
