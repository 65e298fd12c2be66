"""Microsoft's API description, cut to what is asked of it: whole, it is more than Prism can hold.

What relations lead to, and which kinds an object may be, is left out with all that hangs on it; so
is the demand that every object names its type, which Graph does only where a list holds several.
The description knows neither the options of `$expand` nor `signInActivity`, and of groups it lacks
`resourceProvisioningOptions`, which Microsoft documents under "List all teams".
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.prism import spec

PATHS = (
    "/users",
    "/users/{user-id}",
    "/groups",
    "/groups/{group-id}/members",
    "/subscribedSkus",
    "/oauth2PermissionGrants",
    "/servicePrincipals",
    "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo",
    "/auditLogs/signIns",
    "/organization",
)
_DESCRIBED = re.compile("|".join(re.sub(r"\{[^}]+\}", "[^/]+", path) for path in PATHS))
_REFERENCE = re.compile(r'"#/components/(\w+)/([^"]+)"')


def describes(path: str, query: str) -> bool:
    """`/users/delta` looks like a user, and is none."""
    if path == "/users/delta" or "signInActivity" in query:
        return False
    return bool(_DESCRIBED.fullmatch(path))


def cut(folder: Path) -> Path:
    text = spec("microsoft/microsoft.slice.json").read_text()
    whole = json.loads(text, object_hook=_loose)
    paths = {path: _reading(whole["paths"][path]) for path in PATHS}
    kept: dict[str, dict[str, Any]] = {}
    _keep(paths, whole["components"], kept)
    changed = folder / "graph.json"
    changed.write_text(json.dumps({**whole, "paths": paths, "components": kept}))
    return changed


def _reading(operations: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in operations.items() if name in ("get", "parameters")}


def _keep(node: Any, components: dict[str, Any], kept: dict[str, dict[str, Any]]) -> None:
    for group, name in _REFERENCE.findall(json.dumps(node)):
        if name not in kept.setdefault(group, {}):
            kept[group][name] = components[group][name]
            _keep(kept[group][name], components, kept)


def _loose(node: dict[str, Any]) -> dict[str, Any]:
    node.pop("discriminator", None)
    if isinstance(node.get("required"), list):
        node["required"] = [name for name in node["required"] if name != "@odata.type"]
    if node.get("name") == "$expand":
        node["schema"] = {"type": "string"}
    if "groupTypes" in node.get("enum", ()):
        node["enum"] = [*node["enum"], "resourceProvisioningOptions"]
    relations = [k for k, v in node.items() if _is_relation(v)]
    return {name: told for name, told in node.items() if name not in relations}


def _is_relation(told: Any) -> bool:
    return isinstance(told, dict) and bool(told.get("x-ms-navigationProperty"))
