"""The shortest honest loop: the same pages over HTTP, decoded with types, and the same fields
upserted in bulk, a page a transaction, into a database of the same kind with the same settings.

    python -m benchmarks.bare_loop URL DATABASE
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from typing import Any

import httpx2
import msgspec
import psycopg

from benchmarks.server import ENTERPRISE

PAGE = 200
COLUMNS = "id, username, email, name, active, title, type, created, attributes"


class Value(msgspec.Struct):
    value: str


class Meta(msgspec.Struct):
    created: str


class User(msgspec.Struct, rename={"enterprise": ENTERPRISE}):
    id: str
    userName: str  # noqa: N815 (SCIM's name)
    displayName: str  # noqa: N815 (SCIM's name)
    active: bool
    emails: list[Value]
    title: str
    userType: str  # noqa: N815 (SCIM's name)
    enterprise: dict[str, Any]
    meta: Meta


class Users(msgspec.Struct):
    totalResults: int  # noqa: N815 (SCIM's name)
    Resources: list[User]


def upsert(mark: str) -> str:
    names = COLUMNS.split(", ")
    marks = ", ".join([mark] * len(names))
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return (
        f"INSERT INTO bare_account ({COLUMNS}) VALUES ({marks}) "
        f"ON CONFLICT (id) DO UPDATE SET {changes}"
    )


def row(user: User) -> tuple[Any, ...]:
    return (
        user.id, user.userName, user.emails[0].value, user.displayName, user.active, user.title,
        user.userType, user.meta.created, msgspec.json.encode(user.enterprise).decode(),
    )  # fmt: skip


def pages(url: str) -> Any:
    decoder = msgspec.json.Decoder(Users)
    start, total = 1, 1
    with httpx2.Client() as client:
        while start <= total:
            asked = {"startIndex": start, "count": PAGE}
            page = decoder.decode(client.get(f"{url}/Users", params=asked).content)
            yield page.Resources
            start, total = start + len(page.Resources), page.totalResults


def into_sqlite(url: str, file: str) -> None:
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(f"CREATE TABLE bare_account ({COLUMNS}, PRIMARY KEY (id))")
    for users in pages(url):
        with database:
            database.executemany(upsert("?"), map(row, users))
    database.close()


def into_postgresql(url: str, address: str) -> None:
    with psycopg.connect(address) as database:
        database.execute(
            "CREATE TABLE bare_account (id text PRIMARY KEY, username text, email text, name text, "
            "active boolean, title text, type text, created timestamptz, attributes jsonb)"
        )
        database.commit()
        for users in pages(url):
            database.cursor().executemany(upsert("%s"), list(map(row, users)))
            database.commit()


if __name__ == "__main__":
    url, place = sys.argv[1:]
    began = time.perf_counter()
    (into_postgresql if place.startswith("postgresql") else into_sqlite)(url, place)
    print(json.dumps({"bare": time.perf_counter() - began}))
