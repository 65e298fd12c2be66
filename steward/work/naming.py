"""What a worker process is called."""

from __future__ import annotations

import os
import socket

from django.conf import settings


def name() -> str:
    """On SQLite there is one worker, and after a restart it is the same one."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return "local"
    return os.environ.get("STEWARD_WORKER_NAME") or f"{socket.gethostname()}-{os.getpid()}"
