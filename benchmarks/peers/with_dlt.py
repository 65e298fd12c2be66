"""dlt: its own REST source merged by `id` into a database. Nested values stay JSON in one table, as
Steward's attributes do; dlt's default of a table for each list would cost it more.

    python benchmarks/peers/with_dlt.py URL FILE-OR-ADDRESS
"""

import json
import os
import resource
import sys
import tempfile
import time
from typing import Any

# Read when dlt is imported.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
# dlt wants a password even where the server asks for none.
os.environ.setdefault("DESTINATION__POSTGRES__CREDENTIALS__PASSWORD", "none")

import dlt
from dlt.destinations import postgres, sqlalchemy
from dlt.sources.rest_api import rest_api_source

PAGE = 200


def users(url: str) -> Any:
    paginator = {
        "type": "offset",
        "offset": 1,
        "offset_param": "startIndex",
        "limit": PAGE,
        "limit_param": "count",
        "total_path": None,  # read to the first empty page
    }
    listing = {
        "name": "users",
        "primary_key": "id",
        "write_disposition": "merge",
        "max_table_nesting": 0,
        "endpoint": {"path": "Users", "data_selector": "Resources", "paginator": paginator},
    }
    return rest_api_source({"client": {"base_url": url}, "resources": [listing]})


def main(url: str, database: str) -> dict[str, float]:
    served = database.startswith("postgresql")
    place = postgres(database) if served else sqlalchemy(f"sqlite:///{database}")
    began = time.perf_counter()
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=tempfile.mkdtemp(), destination=place, dataset_name="bench"
    )
    pipeline.run(users(url)).raise_on_failed_jobs()
    took = time.perf_counter() - began
    with pipeline.sql_client() as client:
        [(records,)] = client.execute_sql("SELECT count(*) FROM users")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"took": took, "records": records, "peak_rss_mb": round(peak / 1024)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
