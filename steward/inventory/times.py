"""Times as PostgreSQL writes them, read by Python's own reader.

The driver takes them apart with a regular expression, in Python, which costs as much as all the
rest of a row. Django's connections are in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class UtcLoader(TimestamptzLoader):
    # Django looks here whether a time comes in the zone of the connection.
    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # a year of five digits, infinity: said as the driver says it
            return super().load(data)
