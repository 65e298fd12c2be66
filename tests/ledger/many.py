"""An open review of many accounts, for processes of their own."""

from datetime import timedelta

from django.utils import timezone

from steward.inventory import terms
from steward.inventory.models import Account, Application, Book, Instance, Member, Review
from steward.ledger import review_items, reviews


def make(count):
    admin = Member.objects.create_user("admin@corp.example", role="admin")
    application = Application.objects.create(key="chat", name="Chat")
    book, now = Book.objects.create(tells_activity=True, present=count).pk, timezone.now()
    Instance.objects.create(
        integration="scim", name="Chat", state="live", book=book, tenant_id="t",
        application=application, last_synced_at=now,
    )  # fmt: skip
    Account.objects.bulk_create(
        Account(
            instance_id=book, external_id=f"u{n}", name=f"User {n}", email=f"u{n}@corp.example",
            status="active", kind="person", since=now, first_seen_at=now, digest=b"",
        )
        for n in range(count)
    )  # fmt: skip
    due = terms.today() + timedelta(days=9)
    given = {"name": "All", "due_on": due, "applications": [{"application": application.pk}]}
    review = reviews.make(given, by="x", member=admin)
    reviews.start(review, by="x")
    while review_items.write_some(review):
        pass
    review.refresh_from_db()
    assert review.state == Review.OPEN
