"""Work in a thread that is lent for it, by DBOS or by the pool of `syncing`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import structlog
from dbos import DBOS
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from steward.sync.room import is_full
from steward.work import held

P = ParamSpec("P")
log = structlog.get_logger(__name__)

LOST = (OperationalError, InterfaceError)


def in_thread(function: Callable[P, None]) -> Callable[P, None]:
    """A database connection must not outlive the work done with it. What is cut off by the
    database going away, or having no room, stands in its rows and is handed over again when that
    is over."""

    @wraps(function)
    def work(*args: P.args, **kwargs: P.kwargs) -> None:
        close_old_connections()
        try:
            function(*args, **kwargs)
        except LOST as error:
            if connection.is_usable() and not is_full(error):
                raise
            log.warning(
                "work lost the database", work=function.__name__.strip("_"), error=str(error)
            )
        finally:
            close_old_connections()
            held.note_end(DBOS.workflow_id)

    return work
