"""How many seats are in which state, by licence and by the department of who holds them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from django.db.models import Count

from steward.insight import seats
from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory.holdings import License
from steward.inventory.instance import Instance

Place = tuple[int, str]


def counted() -> dict[Place, Counter[str]]:
    """How many seats are in which state, by application and key of the licence."""
    found: dict[Place, Counter[str]] = defaultdict(Counter)
    for (place, state), departments in counted_by_department().items():
        found[place][state] = sum(departments.values())
    return found


def counted_by_department() -> dict[tuple[Place, str], Counter[str]]:
    """The same by place and state, with the departments of who holds them, "" where there is
    none. Accounts are gone through once for both."""
    key = ("seats counted", seats.thresholds(), *seats.entered())
    found: dict[tuple[Place, str], Counter[str]] = remembered(key, _counted, Minds.ACCOUNTS)
    return found


def _counted() -> dict[tuple[Place, str], Counter[str]]:
    found: dict[tuple[Place, str], Counter[str]] = defaultdict(Counter)
    rows = seats.seats().annotate(department=seats.department()).order_by()
    grouped = rows.values_list("instance", "read", "hand", "state", "department")
    known = Places()
    for book, read, hand, state, department, count in grouped.annotate(count=Count("pk")):
        found[known.place(book, read, hand), state][department or ""] += count
    return dict(found)


def seats_in(
    states: Collection[str],
    *,
    place: Place | None = None,
    application: int | None = None,
    department: str | None = None,
) -> int:
    """All seats that are in one of these states: of everything, or of a place or an application,
    of whoever is in a department ("": in none)."""
    return sum(
        departments.total() if department is None else departments[department]
        for (found, state), departments in counted_by_department().items()
        if state in states and place in (None, found) and application in (None, found[0])
    )


class Places:
    """Which application a book is of, and which key a licence has that was read."""

    def __init__(self) -> None:
        present = Instance.objects.present()
        self._applications = dict(present.values_list("book", "application"))
        self._books: dict[int, list[int]] = defaultdict(list)
        for book, application in self._applications.items():
            self._books[application].append(book)
        rows = License.objects.present()
        self._keys = dict(rows.values_list("pk", "external_id"))
        self._read: dict[Place, list[int]] = defaultdict(list)
        for pk, application, key in rows.values_list("pk", "instance__application", "external_id"):
            self._read[application, key].append(pk)

    def place(self, book: int, read: int | None, hand: str) -> Place:
        return self._applications.get(book) or 0, hand or self._keys.get(read, "")

    def books(self, application: int) -> list[int]:
        return self._books.get(application, [])

    def read(self, application: int, key: str) -> list[int]:
        """The licences of the application that were read under this key; none made by hand."""
        return self._read.get((application, key), [])
