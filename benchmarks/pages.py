"""The pages and lists of the API that are timed on a large company, over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

import django
import httpx2

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from steward.insight import reports  # noqa: E402
from steward.inventory.access import ApplicationAccess  # noqa: E402
from steward.inventory.account import Account  # noqa: E402
from steward.inventory.licence import LicenceType  # noqa: E402
from steward.inventory.member import ApiToken, Member, Role  # noqa: E402
from steward.inventory.person import Person  # noqa: E402

EMAIL = "bench@corp.example"
# What a page does not show by itself: the far end of a list, a search, a narrowed list.
MORE = (
    "people/?page=1500", "people/?q=family77", "people/?standing=leaver",
    "people/?sort=-last_active", "people/?department=Department 7", "applications/?q=seen",
    "applications/?ownership=left&sort=-owner_left", "people/find/?q=family77",
    "integrations/?tab=attention",
    "instances/1/accounts/", "instances/1/accounts/?q=family77", "instances/9/accounts/?page=200",
    "reports/wasted-spend/?by=department", "reports/licence-seats/?state=never",
    "spend/", "spend/?group_by=department", "spend/?group_by=person", "spend/?group_by=vendor",
    "spend/?group_by=month", "spend/?department=Department 7", "charges/", "charges/?page=3000",
    "charges/?application=7", "charges/?department=Department 7", "charges/?vendor=vendor 77",
    "charges/?duplicates=duplicates", "charges/?converted=no", "charges/?matched=none",
    "charges/vendors/", "charges/duplicates/", "settings/money/", "reports/committed-spend/",
    "usage/", "usage/?days=90&group_by=department", "usage/?department=Department 7",
    "usage/?list=people&page=1500", "usage/?application=2", "usage/?application=2&days=90",
    "usage/?application=2&group_by=title&who=inactive", "usage/?application=40&from=2026-01-01",
)  # fmt: skip
BUILT = (
    "reports/new/", "reports/new/?dataset=people&group_by=department&measures=count",
    "reports/new/?dataset=accounts", "reports/new/?dataset=activity&period_days=30",
    "reports/new/?dataset=charges&group_by=day:month&measures=sum:told",
    "reports/new/?start=days-active", "reports/days-active/?application=2&days=30",
)  # fmt: skip
SECURE = (
    "secure/", "secure/?risk=risky&status=not-approved", "secure/?new=30", "secure/?instance=2",
    "secure/by-person/", "secure/by-person/?page=300", "secure/by-person/?risk=critical",
    "secure/scopes/", "reports/third-party-access/?risk=risky",
    "reports/third-party-access/?holds=https://mail.google.com/",
    "secure/findings/", "secure/findings/?rule=account-nobody-owns", "secure/findings/?page=100",
    "secure/findings/?severity=grave&application=2", "secure/findings/?state=all&person=1001",
)  # fmt: skip
REVIEWS = (
    "secure/reviews/", "secure/reviews/new/", "secure/reviews/1/", "secure/reviews/1/items/",
    "secure/reviews/1/items/?page=1500", "secure/reviews/1/items/?decision=undecided&reviewer=1",
    "secure/reviews/1/items/?standing=left&used=no", "secure/reviews/1/removals/",
)  # fmt: skip
LISTS = (
    "instances", "integrations", "accounts", "accounts?limit=1000", "accounts?q=family77",
    "accounts?instance=1&status=active", "people", "people?q=family77", "applications", "reports",
    "licenses", "contracts", "renewals", "matches/accounts", "matches/people", "health",
    "instances/1/timeline", "instances/1/runs", "charges", "charges?matched=none", "spend",
    "spend?group_by=department", "rates", "vendor-rules", "usage", "usage?application=2&days=90",
    "usage?group_by=department", "usage?person=1001", "grants?risk=risky&limit=1000",
    "grants?scope=https://mail.google.com/", "grants?since=2026-11-01", "grants/applications",
    "grants/scopes", "schedules", "webhooks", "webhooks/events", "findings",
    "findings?severity=grave&limit=1000", "findings?application=2",
    "findings?person=1001&state=all", "findings/rules", "reviews", "reviews/1",
    "reviews/1/items?limit=1000",
    "reviews/1/items?decision=undecided", "datasets", "reports/days-active?application=2",
)  # fmt: skip


def pages() -> list[str]:
    account = Account.objects.filter(person__isnull=False).order_by("pk")[1000]
    person = Person.objects.order_by("pk")[1000]
    licence = LicenceType.objects.order_by("pk")[0].pk
    let_in = ApplicationAccess.objects.order_by("pk")[7].pk
    listed = [f"reports/{report.slug}/" for report in reports.catalogue()]
    return [
        "", "integrations/", "integrations/okta/", "instances/1/", "instances/1/edit/",
        "instances/1/delete/", "instances/9/delete-users/", "applications/", "applications/1/",
        "applications/1/merge/", "applications/1/split/", "settings/fields/",
        "people/", "people/matches/", f"people/{person.pk}/", f"accounts/{account.pk}/",
        "licences/", f"licences/{licence}/", f"licences/{licence}/proposal/", "waste/",
        f"reports/licence-seats/?licence={licence}&state=unused",
        "reports/", *listed,
        "contracts/", "contracts/add/", "renewals/", "renewals/?view=calendar",
        "reports/schedules/", "reports/schedules/new/?report=licences", "settings/webhooks/",
        "settings/health/", f"secure/apps/{let_in}/", *SECURE, *REVIEWS, *BUILT, *MORE,
    ]  # fmt: skip


@contextmanager
def served() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    env = {**os.environ, "STEWARD_BIND": bind, "STEWARD_BASE_URL": f"http://{bind}"}
    command = [sys.executable, "-m", "steward", "web"]
    with subprocess.Popen(command, env=env, stdout=2, stderr=2) as process:
        try:
            wait(f"http://{bind}/healthz")
            yield f"http://{bind}", process
        finally:
            process.terminate()


def wait(address: str) -> None:
    for _ in range(300):
        try:
            httpx2.get(address)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The web server did not start.")


def signed_in() -> tuple[dict[str, str], dict[str, str]]:
    """A session's cookie for the pages, and a token's header for the API."""
    member = Member.objects.filter(email=EMAIL).first()
    member = member or Member.objects.create_user(EMAIL, "x", name="Bench", role=Role.ADMIN)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    _, token = ApiToken.make("bench", str(Role.ADMIN), member)
    return {settings.SESSION_COOKIE_NAME: session.session_key}, {"Authorization": f"Bearer {token}"}


def asked() -> list[str]:
    return [f"/{path}" for path in pages()] + [f"/api/v1/{path}" for path in LISTS]


def timed(
    base: str, paths: list[str], rounds: int, until: Callable[[], bool] = lambda: False
) -> dict[str, list[float]]:
    """Seconds of each request, round by round, so that a slow moment falls on all alike."""
    cookies, headers = signed_in()
    took: dict[str, list[float]] = {path: [] for path in paths}
    with httpx2.Client(base_url=base, cookies=cookies, headers=headers, timeout=120) as client:
        for _ in range(rounds):
            for path in paths:
                took[path].append(_once(client, path))
            if until():
                break
    return took


def _once(client: httpx2.Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}.")
    return time.perf_counter() - began
