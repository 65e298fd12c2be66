"""Accounts that sign in past the sign-on service which others sign in through.

Two sorts of evidence are enough. A service where nobody signs on to an app without being assigned
it (`Connector.needs_assignment`) has not assigned the app to the person; or the app itself says
that the account is not linked to the service it is set up for (`attributes["sso"]`). The rest is
not, so nothing is said of it:

Google has no assignments; its logs show who signed on to an app through it, and whoever is not in
them may simply not have used the app. Microsoft Entra ID lets everybody sign on to an app unless
the app is set to require assignment, and its sign-ins show likewise only who came that way. Slack
says who has single sign-on in `admin.users.list` alone, which needs the Enterprise plan and an
organisation's token; a workspace's list of members does not. Dropbox writes with each sign-in how
it was made, which says nothing of the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef

from steward.insight.findings.holders import held_role, is_admin
from steward.insight.findings.knowing import Knowing
from steward.insight.findings.rule import READ, Rule, Seen, Span, seen
from steward.inventory import directory
from steward.inventory.finding import HIGH, MEDIUM
from steward.inventory.holdings import Assignment
from steward.inventory.person import Person
from steward.sdk.catalogue import integrations


def _passwords(span: Span, knowing: Knowing) -> Iterator[Seen]:
    """An account is told of once, with what its own app says where both are so."""
    unlinked = {one.subject: one for one in _unlinked(span, knowing)}
    yield from unlinked.values()
    yield from (one for one in _unassigned(span, knowing) if one.subject not in unlinked)


def _of_people_here(span: Span, **asked: Any) -> Any:
    """Who has left, or is not known, is another rule's."""
    rows = span.working().filter(kind="person", person__told_standing=Person.HERE, **asked)
    rows = rows.exclude(directory.describing()).order_by("pk")
    return rows.annotate(app=F("instance__application__name"))


def _unassigned(span: Span, knowing: Knowing) -> Iterator[Seen]:
    given = knowing.signed_on
    if not given:
        return
    assigned = Assignment.objects.held().filter(
        app__in=[app for apps in given.values() for app in apps],
        app__application=OuterRef("instance__application"),
        account__person=OuterRef("person"),
    )
    rows = _of_people_here(span, instance__application__in=list(given)).filter(~Exists(assigned))
    for row in rows.values(*READ, "app"):
        said = f"Others sign in to {row['app']} through the sign-on service, where it is not "
        said += f"assigned to this person; the account in {row['instance__name']} works without."
        yield _seen(row, knowing, said)


def _unlinked(span: Span, knowing: Knowing) -> Iterator[Seen]:
    if not knowing.tells_sso:
        return
    rows = _of_people_here(span, instance__in=knowing.tells_sso, attributes__sso=False)
    for row in rows.values(*READ, "app"):
        said = f"{row['instance__name']} is set up for a sign-on service, and says that this "
        said += "account is not linked to it."
        yield _seen(row, knowing, said, linked_to_sign_on=False)


def _seen(row: Mapping[str, Any], knowing: Knowing, said: str, **more: Any) -> Seen:
    level = HIGH if is_admin(row, knowing) else MEDIUM
    role = held_role(row, knowing) or None
    return seen(row, level, said, application=row["app"], role=role, **more)


def _by_app() -> str:
    named = sorted(one.name for one in integrations().values() if one.needs_assignment)
    telling = sorted(one.name for one in integrations().values() if one.tells_sso)
    said = "Only services where nobody signs on to an app without being assigned it are asked"
    said = f"{said}: {', '.join(named)}."
    return f"{said} Of these the app itself tells: {', '.join(telling)}." if telling else said


RULES = (
    Rule(
        slug="password-only",
        title="Password-only sign-in where SSO exists",
        one="administrator account signs in past the sign-on service",
        many="administrator accounts sign in past the sign-on service",
        severity=MEDIUM,
        means="The application is assigned to people in a connected sign-on service, and this "
        "account of it works, while the person, who works here, was not assigned it there; or the "
        "app is set up for a sign-on service and says that the account is not linked to it. So it "
        "is signed in to by password, or in some other way past the service. Directories "
        "themselves, guests and service accounts are left out. High where the account may "
        "administer the app.",
        todo="Assign the application to the person in the sign-on service, have them sign on "
        "through it, and let the app demand that; or disable the account.",
        found=_passwords,
        by_app=_by_app,
    ),
)
