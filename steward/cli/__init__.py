"""The command line. Domain problems end in one sentence, wrong use in 2, and no traceback."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steward.settings")
    # Settings and models must be ready before the commands, which import them, are.
    from steward.cli.start import start

    sys.exit(start(sys.argv[1:]))
