"""The whole product as a customer has it: `steward demo` in processes of its own, and Chromium."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

AXE = Path(__file__).parents[1] / "tools" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these Chromium looks for hosts of its maker, which are not ours to call in a test.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Demo:
    def __init__(self, address: str) -> None:
        self.address = address
        self.printed: list[str] = []
        self.email = self.password = ""

    def hear(self, lines, ready: threading.Event) -> None:
        for line in lines:
            self.printed.append(line)
            if found := re.search(r"Sign in with\s+(\S+)\s+and\s+(\S+)", line):
                self.email, self.password = found.groups()
            if "Ctrl-C" in line:
                ready.set()

    @property
    def text(self) -> str:
        return "".join(self.printed)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    bind = f"127.0.0.1:{free_port()}"
    env = {
        **os.environ,
        "STEWARD_DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "STEWARD_BIND": bind,
        "STEWARD_BASE_URL": "",
        "COLUMNS": "120",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "steward", "demo"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    made, ready = Demo(f"http://{bind}"), threading.Event()
    threading.Thread(target=made.hear, args=(process.stdout, ready), daemon=True).start()
    try:
        assert ready.wait(150), made.text
        yield made
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium, demo):
    """The cookies of somebody who has signed in by the form."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo.address}/sign-in/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{demo.address}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def windows(chromium, demo, signed_in):
    """One of each width and scheme, which knows the styles and scripts that it has once loaded."""
    found = {}

    def window(width, scheme):
        if (width, scheme) not in found:
            made = chromium.new_context(
                base_url=demo.address,
                storage_state=signed_in,
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
            )
            made.set_default_timeout(15_000)
            found[width, scheme] = made
        return found[width, scheme]

    yield window
    for context in found.values():
        context.close()


@pytest.fixture
def open_page(windows):
    """A page at an address, with what the console complained of."""
    pages = []

    def open_page(path, width=1440, scheme="light"):
        page = windows(width, scheme).new_page()
        pages.append(page)
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def axe():
    """What axe-core finds against WCAG 2.2 AA, as short lines."""
    if not AXE.is_file():
        pytest.skip("needs axe-core (make tools)")
    source = AXE.read_text()

    def axe(page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        return [
            f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for v in found["violations"]
            for node in v["nodes"][:3]
        ]

    return axe
