"""Airbyte's CDK: a declarative source, read in this process. Airbyte's own destinations run in
containers, so the shortest one stands in for them: an upsert of each thousand records, nested
values as JSON. The CDK reports to nobody, so there is nothing to switch off.

    python benchmarks/peers/with_airbyte.py URL FILE
"""

import json
import logging
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer, Type
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)

PAGE, BATCH = 200, 1000
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
FIELDS = {
    **dict.fromkeys(("id", "externalId", "userName", "displayName"), "string"),
    **dict.fromkeys(("title", "userType", "preferredLanguage"), "string"),
    "active": "boolean",
    **dict.fromkeys(("schemas", "emails", "phoneNumbers"), "array"),
    **dict.fromkeys(("name", ENTERPRISE, "meta"), "object"),
}
SCHEMA = {"type": "object", "properties": {name: {"type": kind} for name, kind in FIELDS.items()}}
# SCIM counts from one, the CDK's own offset from zero.
START = "{{ (next_page_token['next_page_token'] if next_page_token else 0) + 1 }}"


def manifest(url: str) -> dict[str, Any]:
    requester = {
        "type": "HttpRequester",
        "url_base": url,
        "path": "/Users",
        "http_method": "GET",
        "request_parameters": {"startIndex": START, "count": str(PAGE)},
    }
    extractor = {"type": "DpathExtractor", "field_path": ["Resources"]}
    strategy = {"type": "OffsetIncrement", "page_size": PAGE}
    stream = {
        "type": "DeclarativeStream",
        "name": "users",
        "primary_key": ["id"],
        "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
        "retriever": {
            "type": "SimpleRetriever",
            "requester": requester,
            "record_selector": {"type": "RecordSelector", "extractor": extractor},
            "paginator": {"type": "DefaultPaginator", "pagination_strategy": strategy},
        },
    }
    check = {"type": "CheckStream", "stream_names": ["users"]}
    return {"version": "7.0.0", "type": "DeclarativeSource", "check": check, "streams": [stream]}


def catalog() -> Any:
    stream = {
        "name": "users",
        "json_schema": SCHEMA,
        "supported_sync_modes": ["full_refresh"],
        "source_defined_primary_key": [["id"]],
    }
    chosen = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
    return ConfiguredAirbyteCatalogSerializer.load({"streams": [chosen]})


def records(url: str) -> Iterator[dict[str, Any]]:
    wanted = catalog()
    source = ConcurrentDeclarativeSource(wanted, {}, [], source_config=manifest(url))
    for message in source.read(logging.getLogger("airbyte"), {}, wanted, []):
        if message.type == Type.RECORD:
            yield message.record.data


def row(record: dict[str, Any]) -> list[Any]:
    values = (record.get(name) for name in FIELDS)
    return [json.dumps(value) if isinstance(value, list | dict) else value for value in values]


def write(database: sqlite3.Connection, found: Iterator[dict[str, Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in FIELDS)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in FIELDS if name != "id")
    upsert = (
        f"INSERT INTO users ({columns}) VALUES ({', '.join('?' * len(FIELDS))}) "
        f"ON CONFLICT (id) DO UPDATE SET {changes}"
    )
    database.execute(f"CREATE TABLE users ({columns}, PRIMARY KEY (id))")
    while batch := list(islice(found, BATCH)):
        with database:
            database.executemany(upsert, map(row, batch))


def main(url: str, file: str) -> dict[str, float]:
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    began = time.perf_counter()
    write(database, records(url))
    took = time.perf_counter() - began
    [(stored,)] = database.execute("SELECT count(*) FROM users")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"took": took, "records": stored, "peak_rss_mb": round(peak / 1024)}


if __name__ == "__main__":
    logging.disable(logging.INFO)
    print(json.dumps(main(*sys.argv[1:])))
