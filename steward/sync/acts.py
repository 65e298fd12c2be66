"""The verbs of an instance's life that a person says. Each is one transaction; what takes long
(asking the app) comes before it, and what can wait (purging) behind it."""

from steward.sync.clients import remove_client, set_client
from steward.sync.connecting import connect
from steward.sync.deleting import WhatGoes, delete, delete_users, what_goes
from steward.sync.editing import edit
from steward.sync.problems import Conflict, Invalid, Refused
from steward.sync.removals import dismiss_removals, release_removals, removals
from steward.sync.runs import request_sync, stop_run
from steward.sync.trial import Trial, try_out

__all__ = [
    "Conflict",
    "Invalid",
    "Refused",
    "Trial",
    "WhatGoes",
    "connect",
    "delete",
    "delete_users",
    "dismiss_removals",
    "edit",
    "release_removals",
    "removals",
    "remove_client",
    "request_sync",
    "set_client",
    "stop_run",
    "try_out",
    "what_goes",
]
