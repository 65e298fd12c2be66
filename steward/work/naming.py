"""What a worker process is called."""

from __future__ import annotations

import os
import socket

from django.db import connection


def name() -> str:
    """On SQLite there is one worker, and after a restart it is the same one."""
    if connection.vendor == "sqlite":
        return "local"
    return os.environ.get("STEWARD_WORKER_NAME") or f"{socket.gethostname()}-{os.getpid()}"
