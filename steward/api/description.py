"""The description of the API (OpenAPI), made true where the framework does not know better."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

JSON, PROBLEM = "application/json", "application/problem+json"


class DescribedAPI(NinjaAPI):
    """Says of every operation that its problems are problem details."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    _tell_problem(response)
        return schema


def _tell_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    schema = content.get(JSON, {}).get("schema", {})
    if schema.get("$ref", "").endswith("/ProblemOut"):
        response["content"] = {PROBLEM: content[JSON]}


def also(status: int, *kinds: str) -> dict[str, Any]:
    """For `openapi_extra`: the media types of an answer besides JSON."""
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    return {"responses": {status: {"content": content}}}
