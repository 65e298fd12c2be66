"""Who did something on which day: Microsoft 365's usage report, the last sign-in of each user,
and the log of sign-ins by app. The last two need Entra ID P1, the first does not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from steward.integrations.microsoft_365.asking import LOGS, REPORTS, USERS, needing
from steward.integrations.microsoft_365.graph import Graph, listed
from steward.integrations.microsoft_365.parts import parts
from steward.sdk.connector import Cursor, Pages, page_of
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.records import Activity
from steward.sdk.times import moment_of

# How long Entra ID P1 and P2 keep sign-ins.
REACH = timedelta(days=30)
OLDEST = datetime.min.replace(tzinfo=UTC)
REPORT = "/reports/getOffice365ActiveUserDetail(period='D30')"
_NAME, _DELETED, _LAST = "User Principal Name", "Is Deleted", "Last Activity Date"
_CONCEALED = (
    "Microsoft conceals the names in its usage reports, so nobody can be told from them. In the "
    "Microsoft 365 admin center, under Settings, Org settings, Reports, clear “Display concealed "
    "user, group, and site names in all reports”."
)


@dataclass(frozen=True)
class Days:
    """`since` is how far back was read already."""

    graph: Graph
    now: datetime
    since: datetime | None

    def pages(self, after: Cursor) -> Pages[Activity]:
        """The report only adds to the log of sign-ins; where that cannot be read, it is all there
        is, and what is lacking is said of both."""
        yield from parts(
            after,
            {"report": self._report, "last": self._last, "signs": self._sign_ins},
            besides=("report",),
        )

    def _report(self, after: Cursor) -> Pages[Activity]:
        """By user name; the ids come from the list of users, a page at a time."""
        with needing(REPORTS):
            last = last_days(self.graph.http.get(REPORT).body)
        with needing(USERS):
            for answer, cursor in self.graph.pages(
                "/users", after, select="id,userPrincipalName", top=999
            ):
                yield page_of(listed(answer), lambda user: _reported(user, last), cursor)

    def _last(self, after: Cursor) -> Pages[Activity]:
        """At most 500 at a time, since Graph looks them up elsewhere."""
        with needing(LOGS):
            for answer, cursor in self.graph.pages(
                "/users", after, select="id,signInActivity", top=500
            ):
                yield page_of(listed(answer), last_sign_in, cursor)

    def _sign_ins(self, after: Cursor) -> Pages[Activity]:
        """A day at a time, as Microsoft advises where there are many."""
        begun = max(self.since or OLDEST, self.now - REACH)
        day = date.fromisoformat(after["day"]) if after else begun.date()
        link = after["at"] if after else None
        with needing(LOGS):
            while day <= self.now.date():
                span = _span(max(begun, _midnight(day)), day)
                for answer, following in self.graph.pages(
                    "/auditLogs/signIns", link, filter=span, top=1000
                ):
                    cursor = self._place(day, following)
                    yield page_of(listed(answer), sign_in, cursor)
                day, link = day + timedelta(days=1), None

    def _place(self, day: date, following: str | None) -> Cursor:
        if following:
            return {"day": day.isoformat(), "at": following}
        day += timedelta(days=1)
        return {"day": day.isoformat(), "at": None} if day <= self.now.date() else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _span(begin: datetime, day: date) -> str:
    """Graph compares the time of a sign-in by eq, le and ge alone."""
    end = f"{day.isoformat()}T23:59:59.9999999Z"
    return f"createdDateTime ge {begin:%Y-%m-%dT%H:%M:%SZ} and createdDateTime le {end}"


def sign_in(event: dict[str, Any]) -> Iterator[Activity]:
    """An error code of 0 is a success."""
    if (event.get("status") or {}).get("errorCode") != 0 or not event.get("userId"):
        return
    moment = moment_of(event["createdDateTime"])
    if moment is None:
        raise ValueError("the sign-in has no time")
    yield Activity(account=str(event["userId"]), day=moment.date())
    if event.get("appId"):
        yield Activity(account=str(event["userId"]), day=moment.date(), app=str(event["appId"]))


def last_sign_in(user: dict[str, Any]) -> Activity | None:
    """The last that succeeded; of users from before December 2023 only the last attempts."""
    known = user.get("signInActivity") or {}
    succeeded = moment_of(known.get("lastSuccessfulSignInDateTime"))
    attempts = [known.get("lastSignInDateTime"), known.get("lastNonInteractiveSignInDateTime")]
    tried = [moment for attempt in attempts if (moment := moment_of(attempt))]
    at = succeeded or max(tried, default=None)
    return Activity(account=str(user["id"]), day=at.date()) if at else None


def last_days(report: bytes) -> dict[str, date]:
    """The last day of use by user name, of whichever service was used last. Raises Forbidden where
    the names are concealed: then a name is a hash and none of them an address."""
    rows = csv.DictReader(io.StringIO(report.decode("utf-8-sig")))
    if _NAME not in (rows.fieldnames or ()):
        raise Unexpected("Microsoft's usage report does not have the columns it is described with.")
    found: dict[str, date] = {}
    for row in rows:
        name = row[_NAME].casefold()
        days = [v for column, v in row.items() if column and column.endswith(_LAST) and v]
        if "@" not in name:
            raise Forbidden(_CONCEALED, missing=("names in usage reports",))
        if days and row.get(_DELETED) != "True":
            found[name] = date.fromisoformat(max(days))
    return found


def _reported(user: dict[str, Any], last: dict[str, date]) -> Activity | None:
    day = last.get(str(user.get("userPrincipalName") or "").casefold())
    return Activity(account=str(user["id"]), day=day) if day else None
