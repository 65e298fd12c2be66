"""Google's discovery documents as a judge: of every request whether the vendor knows its path and
parameters, and of every answer whether it has the described shape.

developers.google.com/discovery/v1/reference/apis. The documents are not part of the repository;
where they are absent, the tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wrappers import Request, Response

from steward.demo.vendors.google_fields import mask
from tests.prism import spec

_KINDS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}
_FORMATS = {
    "int64": re.compile(r"-?\d+"),
    "uint64": re.compile(r"\d+"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}
_TEXTS = {"boolean": re.compile(r"true|false"), "integer": re.compile(r"-?\d+")}


@dataclass(frozen=True)
class Discovery:
    methods: list[dict[str, Any]]
    schemas: dict[str, Any]
    everywhere: dict[str, Any]

    @classmethod
    def of(cls, name: str) -> Discovery:
        told = json.loads(spec(name).read_text())
        return cls(list(_methods(told)), told["schemas"], told["parameters"])

    def method(self, verb: str, path: str) -> dict[str, Any] | None:
        """The one whose path has the fewest gaps, where several fit."""
        fitting = [m for m in self.methods if m["httpMethod"] == verb and _at(m).fullmatch(path)]
        return min(fitting, key=lambda m: _at(m).groups, default=None)

    def of_request(self, method: dict[str, Any], path: str, query: str) -> Iterator[str]:
        """What Google would not know, or would not take, of a request."""
        known = self.everywhere | method["parameters"]
        found = _at(method).fullmatch(path)
        given = {**(found.groupdict() if found else {}), **dict(parse_qsl(query))}
        for name, value in given.items():
            if name not in known:
                yield f"{method['id']}: there is no parameter {name}"
            else:
                yield from _of_parameter(f"{method['id']}: {name}", known[name], value)
        for name, told in method["parameters"].items():
            if told.get("required") and name not in given:
                yield f"{method['id']}: {name} is missing"
        if "fields" in given:
            yield from self.of_mask({"$ref": method["response"]["$ref"]}, mask(given["fields"]))

    def of_mask(self, schema: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
        schema = self._inside(schema)
        for name, inner in wanted.items():
            if name not in schema.get("properties", {}):
                yield f"fields: {name} is described nowhere"
            elif inner:
                yield from self.of_mask(schema["properties"][name], inner)

    def _inside(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema or "items" in schema:
            inside = self.schemas[schema["$ref"]] if "$ref" in schema else schema["items"]
            schema = inside
        return schema

    def of_answer(self, schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        kind = schema.get("type", "any")
        if kind == "any":
            return
        if not isinstance(value, _KINDS[kind]) or (kind == "integer" and isinstance(value, bool)):
            yield f"{where}: {value!r} is no {kind}"
        elif kind == "array":
            for number, one in enumerate(value):
                yield from self.of_answer(schema["items"], one, f"{where}[{number}]")
        elif kind == "object":
            yield from self._of_object(schema, value, where)
        elif not _fits(schema, value):
            yield f"{where}: {value!r} is not as described"

    def _of_object(self, schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
        named, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, one in value.items():
            inner = named.get(name) or others
            if inner is None:
                yield f"{where}: {name} is described nowhere"
            else:
                yield from self.of_answer(inner, one, f"{where}.{name}")


def _methods(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from part.get("methods", {}).values()
    for inner in part.get("resources", {}).values():
        yield from _methods(inner)


def _at(method: dict[str, Any]) -> re.Pattern[str]:
    path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", method.get("flatPath", method["path"]))
    return re.compile(f"/{path}")


def _of_parameter(where: str, told: dict[str, Any], value: str) -> Iterator[str]:
    if told["type"] in _TEXTS and not _TEXTS[told["type"]].fullmatch(value):
        yield f"{where}: {value!r} is no {told['type']}"
    elif told["type"] == "integer" and not _between(told, int(value)):
        yield f"{where}: {value} is out of bounds"
    elif value not in told.get("enum", [value]):
        yield f"{where}: {value!r} is none of those allowed"
    elif told.get("pattern") and not re.fullmatch(told["pattern"], value):
        yield f"{where}: {value!r} does not fit"


def _between(told: dict[str, Any], value: int) -> bool:
    return int(told.get("minimum", value)) <= value <= int(told.get("maximum", value))


def _fits(schema: dict[str, Any], value: Any) -> bool:
    pattern = _FORMATS.get(schema.get("format", ""))
    return not (pattern and isinstance(value, str)) or bool(pattern.fullmatch(value))


@dataclass
class Judge:
    """Stands before an application, and notes what is not as described in `problems`."""

    app: Callable[..., Any]
    documents: list[Discovery]
    problems: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        response = Response.from_app(self.app, environ)
        if request.path.startswith(("/admin/", "/apps/")):
            self._judge(request, response)
        return response(environ, start_response)

    def _judge(self, request: Request, response: Response) -> None:
        for document in self.documents:
            method = document.method(request.method, request.path)
            if method is not None:
                break
        else:
            self.problems.append(f"{request.method} {request.path} is described nowhere")
            return
        self.judged.add(method["id"])
        query = request.query_string.decode()
        self.problems += document.of_request(method, request.path, query)
        if response.status_code == 200:
            body = json.loads(response.get_data())
            self.problems += document.of_answer(method["response"], body, method["id"])
