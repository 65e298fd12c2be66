"""A large company straight into the database: people, instances, accounts, and a year of use.

    python -m benchmarks.company [SCALE]

At scale 1: 100,000 people, 300 instances, 1,000,000 accounts, 12 months of activity. What a sync
would have written is written by plain statements, which both databases understand; everything is
computed from row numbers, so that it is the same on every run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from steward.inventory.charge import Charge  # noqa: E402
from steward.inventory.instance import Book, Instance, StreamState  # noqa: E402
from steward.inventory.person import Person  # noqa: E402
from steward.inventory.run import Run  # noqa: E402
from steward.inventory.spend import mark_untold  # noqa: E402
from steward.ledger import shares  # noqa: E402
from steward.ledger.contracts import roll_on  # noqa: E402
from steward.sdk.catalogue import integrations  # noqa: E402
from steward.sync.applications import application_for, application_of  # noqa: E402
from steward.sync.tallies import tell  # noqa: E402
from steward.sync.usage import tell_everything  # noqa: E402
from steward.sync.writers.sql import moment  # noqa: E402
from steward.work import findings  # noqa: E402

PEOPLE, INSTANCES, MONTHS = 100_000, 300, 12
# How many instances of which size, the largest first; the first is the directory.
SIZES = ((2, 100_000), (1, 80_000), (8, 40_000), (39, 5_000), (250, 820))
KINDS = ("okta", "slack", "github", "scim", "csv", "ldap")
# The second largest shows what people let in.
LETS_IN = "google_workspace"
SQL = Path(__file__).with_name("company.sql")
NUMBERS = (
    "CREATE TEMPORARY TABLE n AS WITH RECURSIVE c(i) AS "
    "(SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {last}) SELECT i FROM c"
)
STREAMS = ("accounts", "groups", "licenses", "apps", "grants", "activity")


@dataclass(frozen=True)
class Place:
    """An instance: its book is its number."""

    number: int
    kind: str
    accounts: int


def places(scale: float) -> list[Place]:
    sizes = [round(size * scale) for count, size in SIZES for _ in range(count)]
    kinds = ["okta", LETS_IN, *(KINDS[1 + n % (len(KINDS) - 2)] for n in range(2, INSTANCES))]
    return [Place(n + 1, kinds[n], max(size, 20)) for n, size in enumerate(sizes)]


def fill(scale: float = 1.0) -> None:
    people = round(PEOPLE * scale)
    now = timezone.now()
    with transaction.atomic():
        found = places(scale)
        _instances(found, now)
        _tables(people, found, now)
        for name, statement in _statements(people):
            _run(name, statement)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Person, Instance, Book]):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    Book.objects.update(days_from=_months(now)[-1])
    for place in found:
        tell(place.number)
    began = time.monotonic()
    tell_everything()
    print(f"{'usage':<14} {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)
    _share_spend()
    roll_on()
    began = time.monotonic()
    findings.tell()
    print(f"{'findings':<14} {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)


def _share_spend() -> None:
    began = time.monotonic()
    mark_untold(Charge.objects.all())
    while shares.tell_due():
        pass
    print(f"{'shares':<14} {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)


def _instances(found: list[Place], now: datetime) -> None:
    known = integrations()
    rows = []
    for place in found:
        connector = known[place.kind]
        app = (
            application_for(connector)
            if place.number == 1
            else application_of(connector, {"application": f"Application {place.number:03d}"})
        )
        rows.append(
            Instance(
                pk=place.number,
                integration=place.kind,
                name=f"{connector.name} {place.number:03d}",
                state="live",
                book=Book.objects.create(pk=place.number).pk,
                tenant_id=f"tenant-{place.number}",
                application=app,
                last_synced_at=now - timedelta(hours=place.number % 24),
                next_sync_at=now + timedelta(hours=place.number % 24 + 1),
                created_at=now - timedelta(days=400),
            )
        )  # fmt: skip
    Instance.objects.bulk_create(rows)
    StreamState.objects.bulk_create(
        StreamState(instance_id=p.number, name=name, state="ok", records=p.accounts, last_ok_at=now)
        for p in found
        for name in STREAMS
    )
    Run.objects.bulk_create(_runs(found, now), batch_size=2_000)


def _runs(found: list[Place], now: datetime) -> list[Run]:
    """A month of them, as is kept."""
    return [
        Run(
            instance_id=place.number,
            book=place.number,
            connection=1,
            state="succeeded",
            attempt=1,
            trigger="schedule",
            counts={"appeared": 0, "changed": 7, "returned": 0, "removed": 1, "held": 0},
            created_at=now - timedelta(days=day),
            started_at=now - timedelta(days=day),
            finished_at=now - timedelta(days=day) + timedelta(seconds=30),
        )
        for place in found
        for day in range(30)
    ]


def _tables(people: int, found: list[Place], now: datetime) -> None:
    kind = "timestamptz" if connection.vendor == "postgresql" else "text"
    days = [(day, moment(now - timedelta(days=day))) for day in range(401)]
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS.format(last=people - 1))
        cursor.execute(f"CREATE TEMPORARY TABLE d (day int, at {kind})")
        cursor.execute("CREATE TEMPORARY TABLE m (k int, first date)")
        cursor.execute("CREATE TEMPORARY TABLE place (number int, accounts int)")
        cursor.executemany("INSERT INTO d VALUES (%s, %s)", days)
        cursor.executemany("INSERT INTO m VALUES (%s, %s)", list(enumerate(_months(now))))
        cursor.executemany(
            "INSERT INTO place VALUES (%s, %s)", [(p.number, p.accounts) for p in found]
        )
        for table in ("n", "d", "m", "place"):
            cursor.execute(f"ANALYZE {table}")


def _statements(people: int) -> Iterator[tuple[str, str]]:
    postgresql = connection.vendor == "postgresql"
    words = {
        ":people:": str(people),
        ":json:": "::jsonb" if postgresql else "",
        ":digest:": "decode(md5(a.login), 'hex')" if postgresql else "randomblob(16)",
    }
    for part in SQL.read_text().split("\n\n")[1:]:
        name, statement = part.removeprefix("-- ").split("\n", 1)
        for word, meant in words.items():
            statement = statement.replace(word, meant)
        yield name, statement


def _run(name: str, statement: str) -> None:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    print(f"{name:<14} {time.monotonic() - began:6.1f} s", file=sys.stderr, flush=True)


def _months(now: datetime) -> list[str]:
    first = now.date().replace(day=1)
    months = [first]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return [str(month) for month in months]


if __name__ == "__main__":
    fill(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
