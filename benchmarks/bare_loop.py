"""The shortest honest loop: the same pages over HTTP, decoded with types, upserted in bulk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx2
import msgspec

from benchmarks.server import PAGE


class User(msgspec.Struct):
    id: str
    userName: str  # noqa: N815 (SCIM's name)
    displayName: str  # noqa: N815 (SCIM's name)
    active: bool


class Users(msgspec.Struct):
    totalResults: int  # noqa: N815 (SCIM's name)
    Resources: list[User]


_UPSERT = """
INSERT INTO account (id, email, name, status) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name,
    status = excluded.status
"""


def run(url: str, file: Path) -> int:
    decoder = msgspec.json.Decoder(Users)
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE IF NOT EXISTS account (id PRIMARY KEY, email, name, status)")
    start, total = 1, 1
    with httpx2.Client() as client:
        while start <= total:
            answer = client.get(f"{url}/Users", params={"startIndex": start, "count": PAGE})
            page = decoder.decode(answer.content)
            rows = [(u.id, u.userName, u.displayName, u.active) for u in page.Resources]
            with database:
                database.executemany(_UPSERT, rows)
            start, total = start + len(rows), page.totalResults
    database.close()
    return total
