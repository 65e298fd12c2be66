"""Which pages make the database read a whole large table, as it says itself.

    python -m benchmarks.plans

Prints one JSON object: tables read from end to end without an index, by path. PostgreSQL is asked
to avoid that wherever it can, as a small company would not be worth an index to it.
"""

from __future__ import annotations

import json
import re
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.pages import asked, signed_in  # noqa: E402
from steward.insight import memory  # noqa: E402

LARGE = (
    "account", "accountversion", "activedays", "assignment", "charge", "departmentshare", "finding",
    "grant", "membership", "moment", "person", "personemail", "personshare", "reviewdecision",
    "reviewitem", "run", "seat", "use", "useofday",
)  # fmt: skip
_SQLITE = re.compile(r"^SCAN (\w+)$")
_POSTGRESQL = re.compile(r"Seq Scan on (\w+)")


def whole_tables(sql: str, params: Any) -> set[str]:
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:
            cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN' if postgresql else 'EXPLAIN QUERY PLAN'} {sql}", params)
        lines = [str(row[-1]).strip() for row in cursor.fetchall()]
    pattern = _POSTGRESQL if postgresql else _SQLITE
    read = {found[1] for line in lines if (found := pattern.search(line))}
    aliases = dict(re.findall(r'"?inventory_(\w+)"? (?:AS )?"?(\w\d+)"?', sql))
    names = {alias: table for table, alias in aliases.items()}
    return {names.get(name, name.removeprefix("inventory_")) for name in read} & set(LARGE)


class Watching:
    def __init__(self) -> None:
        self.read: set[str] = set()
        self.busy = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.busy and sql.lstrip("(").startswith("SELECT"):
            self.busy = True
            self.read |= whole_tables(sql, params)
            self.busy = False
        return execute(sql, params, many, context)


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cookies, headers = signed_in()
    client = Client(headers=headers)
    for name, value in cookies.items():
        client.cookies[name] = value
    found = {}
    for path in asked():
        memory.forget()
        watching = Watching()
        with connection.execute_wrapper(watching):
            answer = client.get(path)
        if answer.status_code != 200:
            found[path] = [f"answered {answer.status_code}"]
        elif watching.read:
            found[path] = sorted(watching.read)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
