"""Singer: a tap and a target made with its SDK, in a process each with a pipe between, as they run.
The SDK's own SQL sink inserts; `ON CONFLICT` is added, as another sync has to update. The
target-sqlite of the package index does not start on the Pythons of today. The SDK reports to
nobody, so there is nothing to switch off.

    python benchmarks/peers/with_singer.py URL FILE
"""

import json
import logging
import multiprocessing
import os
import resource
import sqlite3
import sys
import time
from typing import Any

from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseOffsetPaginator
from singer_sdk.sql import SQLConnector, SQLSink, SQLTarget
from singer_sdk.streams import RESTStream
from sqlalchemy import JSON, Column, MetaData, String, Table
from sqlalchemy.dialects.sqlite import insert

PAGE = 200
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TEXTS = ("externalId", "userName", "displayName", "title", "userType", "preferredLanguage")
ANYTHING = th.ObjectType(additional_properties=True)


class Pages(BaseOffsetPaginator):
    """The SDK stops at the first empty page; asking the page here would decode it twice."""

    def has_more(self, response: Any) -> bool:
        return True


class Users(RESTStream[int]):
    name = "users"
    path = "/Users"
    primary_keys = ("id",)
    records_jsonpath = "$.Resources[*]"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        *(th.Property(name, th.StringType) for name in TEXTS),
        th.Property("active", th.BooleanType),
        th.Property("schemas", th.ArrayType(th.StringType)),
        *(th.Property(name, th.ArrayType(ANYTHING)) for name in ("emails", "phoneNumbers")),
        *(th.Property(name, ANYTHING) for name in ("name", ENTERPRISE, "meta")),
    ).to_dict()

    @property
    def url_base(self) -> str:
        return str(self.config["url"])

    def get_new_paginator(self) -> Pages:
        return Pages(start_value=1, page_size=PAGE)

    def get_url_params(self, context: Any, next_page_token: int | None) -> dict[str, Any]:
        return {"startIndex": next_page_token or 1, "count": PAGE}


class TapScim(Tap):
    name = "tap-scim"
    config_jsonschema = th.PropertiesList(th.Property("url", th.StringType)).to_dict()

    def discover_streams(self) -> list[Users]:
        return [Users(self)]


class SqliteConnector(SQLConnector):
    allow_merge_upsert = True

    def get_sqlalchemy_url(self, config: dict[str, Any]) -> str:
        return f"sqlite:///{config['file']}"


def nested(field: dict[str, Any]) -> bool:
    return not {"array", "object"}.isdisjoint(field["type"])


class SqliteSink(SQLSink[SqliteConnector]):
    connector_class = SqliteConnector

    def generate_insert_statement(self, full_table_name: Any, schema: dict[str, Any]) -> Any:
        fields = self.conform_schema(schema)["properties"].items()
        columns = [Column(name, JSON if nested(field) else String) for name, field in fields]
        statement = insert(Table(str(full_table_name), MetaData(), *columns))
        changes = {name: statement.excluded[name] for name, _ in fields if name != "id"}
        return statement.on_conflict_do_update(index_elements=["id"], set_=changes)


class TargetSqlite(SQLTarget):
    name = "target-sqlite"
    default_sink_class = SqliteSink
    max_parallelism = 1
    config_jsonschema = th.PropertiesList(th.Property("file", th.StringType)).to_dict()


def tap(url: str, writing: int) -> None:
    os.dup2(writing, sys.stdout.fileno())
    TapScim(config={"url": url}).sync_all()


def target(file: str, reading: int) -> None:
    os.dup2(reading, sys.stdin.fileno())
    TargetSqlite(config={"file": file}).listen()


def run(url: str, file: str) -> float:
    """Seconds of both; forked, so that neither's imports count."""
    reading, writing = os.pipe()
    began = time.perf_counter()
    source = multiprocessing.get_context("fork").Process(target=tap, args=(url, writing))
    source.start()
    os.close(writing)
    target(file, reading)
    source.join()
    if source.exitcode:
        sys.exit("The tap failed.")
    return time.perf_counter() - began


def main(url: str, file: str) -> dict[str, float]:
    took = run(url, file)
    [(records,)] = sqlite3.connect(file).execute("SELECT count(*) FROM users")
    peaks = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = sum(resource.getrusage(who).ru_maxrss for who in peaks)
    return {"took": took, "records": records, "peak_rss_mb": round(peak / 1024)}


if __name__ == "__main__":
    logging.disable(logging.INFO)
    print(json.dumps(main(*sys.argv[1:])))
