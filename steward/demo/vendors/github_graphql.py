"""The three GraphQL questions that the simulated GitHub understands."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, jsonify, request

from steward.demo.company import Human, Use
from steward.demo.controls import Controls
from steward.demo.vendors.github_users import ORG, Directory, signs_on, user_id

_IDENTITY = re.compile(r'(\w+): externalIdentities\(first: 1, login: "([^"]+)"\)')
_USER = re.compile(r'(\w+): user\(login: "([^"]+)"\)')


def graphql(directory: Directory, controls: Controls) -> Response:
    asked = request.get_json()
    query, variables = asked["query"], asked.get("variables") or {}
    if "graphql" in controls.missing_scopes:
        return jsonify(
            {
                "data": None,
                "errors": [
                    {
                        "type": "INSUFFICIENT_SCOPES",
                        "message": "Your token has not been granted the required scopes.",
                    }
                ],
            }
        )
    if "nodes(ids:" in query:
        return jsonify({"data": {"nodes": [_node(directory, node) for node in variables["ids"]]}})
    if "samlIdentityProvider" in query:
        found = {a: _identities(directory, login) for a, login in _IDENTITY.findall(query)}
        ours = variables.get("org", "").casefold() == ORG
        provider = None if "saml" in controls.missing_scopes else found
        return jsonify(
            {"data": {"organization": {"samlIdentityProvider": provider} if ours else None}}
        )
    return _users(directory, query)


def _node(directory: Directory, node: str) -> dict[str, Any] | None:
    if node not in directory.by_node:
        return None
    human, use = directory.by_node[node]
    return {
        "databaseId": user_id(human),
        "name": human.name if human.employment != "unknown" else None,
        "email": _public_email(human, use),
        "organizationVerifiedDomainEmails": [],
    }


def _public_email(human: Human, use: Use) -> str:
    """A third of people show an address; outside collaborators have no other."""
    return use.email if use.role == "guest" or human.number % 3 == 0 else ""


def _identities(directory: Directory, login: str) -> dict[str, Any]:
    human, use = directory.by_login.get(login, (None, None))
    if human is None or use is None or use.role == "guest" or not signs_on(human):
        return {"nodes": []}
    identity = {"nameId": human.email, "emails": [{"value": human.email}]}
    return {"nodes": [{"samlIdentity": identity, "scimIdentity": None}]}


def _users(directory: Directory, query: str) -> Response:
    data: dict[str, Any] = {}
    errors = []
    for alias, login in _USER.findall(query):
        pair = directory.by_login.get(login)
        data[alias] = {"databaseId": user_id(pair[0])} if pair else None
        if pair is None:
            message = f"Could not resolve to a User with the login of '{login}'."
            errors.append({"type": "NOT_FOUND", "path": [alias], "message": message})
    return jsonify({"data": data, **({"errors": errors} if errors else {})})
