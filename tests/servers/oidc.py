"""oidc-provider from npm, a process of its own on loopback, and somebody who signs in there."""

import re
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.prism import node

SCRIPT = Path(__file__).parents[1] / "tools" / "oidc.mjs"
STEPS = 12


class Provider:
    def __init__(self, url):
        self.url = url

    def control(self, **what):
        """`down` (yes, no), `withhold` (scopes that nobody may give), `narrow` (a scope taken from
        consents that were given), `leave` (who gave them is gone). What /token was asked."""
        return httpx2.get(f"{self.url}/control", params=what).json()["asked"]

    def agree(self, address, name="ann", declines=False):
        """A browser that signs in and agrees: the address to which the provider leads back."""
        with httpx2.Client() as browser:
            page = browser.get(address)
            for _ in range(STEPS):
                if page.is_redirect:
                    where = httpx2.URL(str(page.request.url)).join(page.headers["location"])
                    if not str(where).startswith(self.url):
                        return str(where)
                    page = browser.get(where)
                elif declines:
                    page = browser.get(_link(page, r'href="([^"]+/abort)"'))
                else:
                    page = browser.post(_link(page, r'action="([^"]+)"'), data=_filled(page, name))
        raise AssertionError(f"the provider did not lead back: {page.text[:500]}")


def _link(page, pattern):
    return httpx2.URL(str(page.request.url)).join(re.search(pattern, page.text)[1])


def _filled(page, name):
    fields = dict(re.findall(r'name="(\w+)" value="(\w*)"', page.text))
    typed = {f: name for f in ("login", "password") if f'name="{f}"' in page.text}
    return fields | typed


@contextmanager
def serving(redirect):
    program = node()
    if program is None or not (SCRIPT.parent / "node_modules/oidc-provider").is_dir():
        pytest.skip("needs oidc-provider (make tools)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(program), str(SCRIPT), str(port), redirect],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert "ready" in process.stdout.readline()
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)
