"""A company whose access is reviewed: an app, a directory, and members of Steward who review."""

from datetime import date, timedelta

import pytest

from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.inventory.review import ReviewItem
from steward.ledger import reviews
from steward.ledger.deciding import Decider, decide
from steward.sdk import records as r
from tests.insight.conftest import LATELY, LONG_AGO, account

TODAY = terms.today()
BY = "admin@corp.example"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def members(db):
    make = Member.objects.create_user
    return {
        "admin": make("admin@corp.example", "x", role="admin"),
        "rita": make("rita@corp.example", "x", role="reader"),
        "bob": make("bob@corp.example", "x", role="reader"),
    }


@pytest.fixture
def reviewed(app, directory, members):
    """Rita manages ann and gone, who has left; bob manages nobody; rita has an account too."""
    staff = [account(n, attributes={"manager": "Rita"}) for n in ("ann", "gone")]
    people = (*staff, account("rita"), account("bob"))
    home = directory("home", *people)
    chat = app(
        "chat",
        account("ann", last_active_at=LATELY, role="member"),
        account("gone", last_active_at=LONG_AGO, role="admin"),
        account("rita"),
        r.Account(id="bot", name="=Bot", kind="service"),
        activity=[r.Activity(account="ann", day=ago(d)) for d in (1, 2, 40, 89, 200)],
    )
    home.now_says(*staff[:1], *people[2:])
    return chat


def review_of(of="Scripted", way="manager", who=(), **more):
    found = Application.objects.get(name=of)
    given = {
        "name": "Quarter 4",
        "due_on": TODAY + timedelta(days=20),
        "applications": [{"application": found.pk, "way": way, "members": who}],
        **more,
    }
    admin = Member.objects.get(email=BY)
    return reviews.make(given, by=BY, member=admin)


def begun(**more):
    made = review_of(**more)
    reviews.start(made, by=BY)
    return made


def item(review, name) -> ReviewItem:
    return ReviewItem.objects.select_related("source").get(review=review, external_id=name)


def by(member) -> Decider:
    return Decider(member.email, member, member.is_admin)


def say(review, member, decision, *names, comment=""):
    rows = ReviewItem.objects.filter(review=review)
    rows = rows.filter(external_id__in=names) if names else rows
    return decide(review, rows, decision, comment, by(member))


def person(name) -> Person:
    return Person.objects.get(email=f"{name}@corp.example")
