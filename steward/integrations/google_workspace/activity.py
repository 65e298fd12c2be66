"""Activity: the logs of sign-ins and of apps, day by day, and when services were last used.

A day is asked for with its end, so that a list ends however much is happening. Google keeps the
logs for 180 days (developers.google.com/workspace/admin/reports/v1/guides/manage-audit-login).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from steward.integrations.google_workspace import mapping
from steward.integrations.google_workspace.google import Google, Object, list_of
from steward.integrations.google_workspace.mapping import Told
from steward.integrations.google_workspace.refusals import Invalid
from steward.sdk.connector import Cursor, Pages, page_of
from steward.sdk.paging import Walk
from steward.sdk.records import Activity, App

KEPT = timedelta(days=180)
# Apps use what they may use all day long: so far back a first read looks at that.
USED = timedelta(days=30)
_FIELDS = "nextPageToken,items(actor(profileId),events(parameters))"
_USAGE_FIELDS = "nextPageToken,usageReports(entity(profileId),parameters)"

# Names as documented over the years; what Google does not know it passes over.
_LAST_USES = (
    "accounts:last_login_time,accounts:last_sso_time,gmail:last_interaction_time,"
    "gmail:timestamp_last_interaction,drive:timestamp_last_active_usage"
)
# Reports are two or three days late, seldom more.
_LATE = range(2, 10)


@dataclass(frozen=True)
class Log:
    """`name` and `event` are Google's, `records` is the mapper of an event. `late` is how much
    later than others some events are shown, so that they would be missed."""

    name: str
    event: str
    reach: timedelta
    records: Callable[[Told, date, Object], Iterator[App | Activity]]
    late: timedelta = timedelta()


# support.google.com/a/answer/7061566 once gave 1 to 2 days for sign-ins.
SIGN_INS = Log("login", "login_success", KEPT, mapping.sign_in, late=timedelta(days=2))
AUTHORISED = Log("token", "authorize", KEPT, mapping.app_use)
USES = Log("token", "activity", USED, mapping.app_use)


def of_log(
    google: Google, log: Log, since: datetime | None, now: datetime, after: Cursor
) -> Pages[App | Activity]:
    begin = max(since - log.late, now - KEPT) if since else now - log.reach
    if after:
        begin = max(begin, _midnight(date.fromisoformat(after["day"])))
    token = after.get("at") if after else None
    told = Told()
    for start, end in _days(begin, now):
        told.active.clear()
        for answer, cursor in _events(google, log, start, end, token):
            read = partial(log.records, told, start.date())
            where = {"day": (start if cursor else end).date().isoformat(), "at": cursor}
            is_last = end >= now and not cursor
            yield page_of(list_of(answer, "items"), read, None if is_last else where)
        token = None


def _events(google: Google, log: Log, start: datetime, end: datetime, token: Cursor) -> Walk:
    return google.reports(
        f"/activity/users/all/applications/{log.name}",
        token,
        eventName=log.event,
        startTime=_stamp(start),
        endTime=_stamp(end),
        maxResults=1000,
        fields=_FIELDS,
    )


def last_uses(google: Google, now: datetime, after: Cursor) -> Pages[App | Activity]:
    """Of the latest day for which there is a report. Its days are Pacific ones; the moments in it
    are not, so which day it was does not matter."""
    for day in [date.fromisoformat(after["day"])] if after else _latest(now):
        token = after["at"] if after else None
        found = False
        for answer, cursor in _usage(google, day, token):
            reports = list_of(answer, "usageReports")
            found = found or bool(reports)
            where = {"day": day.isoformat(), "at": cursor} if cursor else None
            yield page_of(reports, partial(mapping.last_uses, now.astimezone(UTC).date()), where)
        if found:
            return


def _usage(google: Google, day: date, token: Cursor) -> Walk:
    walk = google.reports(
        f"/usage/users/all/dates/{day.isoformat()}",
        token,
        parameters=_LAST_USES,
        maxResults=1000,
        fields=_USAGE_FIELDS,
    )
    try:
        yield next(walk)
    except Invalid:  # no report of that day yet
        return
    yield from walk


def _latest(now: datetime) -> Iterator[date]:
    return (now.astimezone(UTC).date() - timedelta(days=late) for late in _LATE)


def _days(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From midnight to midnight (UTC), the first and the last cut short."""
    start = begin.astimezone(UTC)
    while start < end:
        stop = min(_midnight(start.date() + timedelta(days=1)), end.astimezone(UTC))
        yield start, stop
        start = stop


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
