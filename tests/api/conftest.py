import json

import pytest

from steward.inventory.member import ApiToken


class Api:
    """The API as a program calls it: paths below /api/v1, JSON in and out."""

    def __init__(self, client, role):
        self.client = client
        self.headers = {"Authorization": f"Bearer {ApiToken.make(role, role)[1]}"}

    def __call__(self, method, path, body=None, **query):
        return self.client.generic(
            method,
            f"/api/v1{path}",
            body if isinstance(body, str) else "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=self.headers,
            query_params={k: str(v) for k, v in query.items()},
        )


@pytest.fixture
def api(client, db):
    return Api(client, "admin")


@pytest.fixture
def reader(client, db):
    return Api(client, "reader")


@pytest.fixture
def new():
    """The body of a connect, with changes."""

    def new(**changes):
        return {
            "integration": "scripted",
            "name": "Acme",
            "settings": {"company": "acme"},
            "credentials": {"token": "good"},
            **changes,
        }

    return new


def streamed(response):
    return json.loads(b"".join(response.streaming_content))


def problem(response, status, code):
    """The problem details, after checking that they are ones."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["title"]
    assert told["detail"].strip()
    return told
