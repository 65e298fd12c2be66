"""A real SCIM 2.0 service (`scim2-server`), filled over its own API."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.slapd import free_port, wait_for

COMMAND = Path(sys.executable).with_name("scim2-server")
NEEDS_SCIM2 = "" if COMMAND.exists() or shutil.which("scim2-server") else "needs scim2-server"
TOKEN = "scim-token-of-the-test"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


@dataclass(frozen=True)
class Scim2:
    url: str

    def send(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def add(self, path: str, *bodies: dict[str, Any]) -> list[str]:
        """Ids of what was made, in order."""
        return [self.send("POST", path, body)["id"] for body in bodies]


@contextmanager
def running_scim2(folder: Path, **configuration: Any) -> Iterator[Scim2]:
    """`configuration` overrides parts of the ServiceProviderConfig, such as `pagination`."""
    config = folder / "config.json"
    config.write_text(json.dumps(_CONFIG | configuration))
    port = free_port()
    command = str(COMMAND if COMMAND.exists() else "scim2-server")
    process = subprocess.Popen(
        [
            command,
            "--port",
            str(port),
            "--bearer-token",
            TOKEN,
            "--service-provider-config",
            str(config),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield Scim2(f"http://127.0.0.1:{port}/v2")
    finally:
        process.terminate()
        process.wait(20)


_CONFIG: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": True, "maxOperations": 1000, "maxPayloadSize": 1048576},
    "filter": {"supported": True, "maxResults": 1000},
    "changePassword": {"supported": True},
    "sort": {"supported": True},
    "etag": {"supported": True},
    "authenticationSchemes": [],
}
