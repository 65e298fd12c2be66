"""Accounts that sign in past the sign-on service which others sign in through."""

from __future__ import annotations

from collections.abc import Iterator

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
    """Who has left, or is not known, is another rule's."""
    given = knowing.signed_on
    if not given:
        return
    assigned = Assignment.objects.held().filter(
        app__in=[app for apps in given.values() for app in apps],
        app__application=OuterRef("instance__application"),
        account__person=OuterRef("person"),
    )
    rows = span.working().filter(
        instance__application__in=list(given),
        kind="person",
        person__told_standing=Person.HERE,
    )
    rows = rows.filter(~Exists(assigned)).exclude(directory.describing()).order_by("pk")
    for row in rows.annotate(app=F("instance__application__name")).values(*READ, "app"):
        is_grave = is_admin(row, knowing)
        said = f"Others sign in to {row['app']} through the sign-on service, where it is not "
        said += f"assigned to this person; the account in {row['instance__name']} works without."
        level = HIGH if is_grave else MEDIUM
        yield seen(row, level, said, application=row["app"], role=held_role(row, knowing) or None)


def _by_app() -> str:
    named = sorted(one.name for one in integrations().values() if one.needs_assignment)
    said = "Only services where nobody signs on to an app without being assigned it are asked"
    return f"{said}: {', '.join(named)}."


RULES = (
    Rule(
        slug="password-only",
        title="Password-only sign-in where SSO exists",
        one="administrator account signs in past the sign-on service",
        many="administrator accounts sign in past the sign-on service",
        severity=MEDIUM,
        means="The application is assigned to people in a connected sign-on service, and this "
        "account of it works, while the person, who works here, was not assigned it there. So it "
        "is signed in to by password, or in some other way past the service. Directories "
        "themselves, guests and service accounts are left out. High where the account may "
        "administer the app.",
        todo="Assign the application to the person in the sign-on service and let the app demand "
        "sign-on, or disable the account.",
        found=_passwords,
        by_app=_by_app,
    ),
)
