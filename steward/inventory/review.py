"""Access reviews: which accounts were looked at by whom, what was decided, and on which data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.member import Member
from steward.inventory.person import Person


class Review(models.Model):
    """`starting` while its accounts are written down; from `closing` and `cancelled` on nothing of
    it changes. It is `closing` while a worker (`sealer`) reads its evidence, `sealed` accounts so
    far. `days` is how far back use is looked at. Whoever has no reviewer of their own goes to
    the `fallback`. `digest` is the SHA-256 of the evidence as it was when it was closed."""

    DRAFT, STARTING, OPEN = "draft", "starting", "open"
    CLOSING, CLOSED, CANCELLED = "closing", "closed", "cancelled"
    STATES = (
        (DRAFT, "Draft"),
        (STARTING, "Starting"),
        (OPEN, "Open"),
        (CLOSING, "Closing"),
        (CLOSED, "Closed"),
        (CANCELLED, "Cancelled"),
    )
    DAYS = (30, 60, 90)

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField(default=90)
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    fallback = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    made_by = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=500, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    sealed = models.PositiveIntegerField(default=0)
    sealer = models.CharField(max_length=100, blank=True, default="")

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.state in (self.CLOSING, self.CLOSED, self.CANCELLED)

    @property
    def has_items(self) -> bool:
        return self.started_at is not None


def _application(**more: Any) -> models.ForeignKey[Any, Any]:
    """It may be removed when the review is long over, which keeps its name."""
    return models.ForeignKey(
        Application, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, **more
    )


class ReviewApplication(models.Model):
    """`way` says who reviews: the `members` (their numbers; they share the accounts), the owner of
    the application, or the manager of the account's person."""

    MEMBERS, BUSINESS, TECHNICAL = "members", "business_owner", "technical_owner"
    MANAGER = "manager"
    WAYS = (
        (BUSINESS, "Business owner"),
        (TECHNICAL, "Technical owner"),
        (MANAGER, "Each person’s manager"),
        (MEMBERS, "Named members"),
    )

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="applications")
    application = _application(related_name="+")
    way = models.CharField(max_length=15, choices=WAYS, default=BUSINESS)
    members = models.JSONField(default=list)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "application"], name="application_once_a_review"
            )
        ]


class ReviewSource(models.Model):
    """An instance whose accounts are reviewed, as it was known when they were written down:
    when accounts and activity had been read last, whether the app tells of activity, and since
    which day. `done_to` is the highest account written down; `instance_id` names the instance
    while it is there."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="sources")
    application = _application(related_name="+")
    application_name = models.CharField(max_length=300)
    instance_id = models.BigIntegerField()
    instance_name = models.CharField(max_length=200)
    book = models.BigIntegerField()
    read_at = models.DateTimeField(null=True)
    activity_read_at = models.DateTimeField(null=True)
    tells_activity = models.BooleanField(default=False)
    activity_from = models.DateField(null=True)
    removals_held = models.PositiveIntegerField(default=0)
    done_to = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    objects: ClassVar[Any] = models.Manager()


class ReviewItem(models.Model):
    """An account as it was when the review began, and what is decided about it. `read_at` is when
    its instance had been read last, `active_told` who says when it was used (`direct`,
    `sign-ins`, "" for nobody), `days_active` on how many days of those looked at (None: not
    known; with a `last_active`, on some). `standing` is its person's. `times` counts the decisions;
    all are `ReviewDecision`s. Accounts and people may be gone, so nothing needs them."""

    KEEP, REMOVE, UNDECIDED = "keep", "remove", ""
    DECISIONS = ((KEEP, "Keep"), (REMOVE, "Remove"))

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    application = _application(related_name="+")
    source = models.ForeignKey(
        ReviewSource, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    account = models.ForeignKey(
        Account, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING, related_name="+"
    )
    person = models.ForeignKey(
        Person, null=True, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING,
        related_name="+",
    )  # fmt: skip
    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)
    username = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    role = models.CharField(max_length=200, blank=True)
    holds_seat = models.BooleanField(null=True)
    last_active = models.DateTimeField(null=True)
    days_active = models.PositiveSmallIntegerField(null=True)
    active_told = models.CharField(max_length=10, blank=True)
    person_name = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=300, blank=True)
    standing = models.CharField(max_length=5, blank=True)
    read_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewer_email = models.CharField(max_length=254)
    decision = models.CharField(max_length=6, blank=True, choices=DECISIONS, default=UNDECIDED)
    comment = models.TextField(blank=True, default="")
    decided_by = models.CharField(max_length=500, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    times = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "account"], name="account_once_a_review")
        ]
        indexes: ClassVar = [
            models.Index(fields=["review", "name", "id"], name="review_by_name"),
            # With the application, so that counting how far a review is needs no row of the table.
            models.Index(
                fields=["review", "decision", "reviewer", "application"], name="review_by_decision"
            ),
            models.Index(fields=["review", "application", "decision"], name="review_by_app"),
            models.Index(fields=["review", "standing", "name"], name="review_by_standing"),
            models.Index(fields=["reviewer", "decision", "review"], name="review_by_reviewer"),
            models.Index(fields=["review", "reviewer", "decision", "name"], name="review_of_one"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.username or self.external_id


class ReviewDecision(models.Model):
    """Each decision that was taken on an item, in the order of time, also those taken back; and
    where an item went to somebody else (`reviewer`), who sent it there. `bulk` is the decision on
    many that it belongs to."""

    item = models.ForeignKey(ReviewItem, on_delete=models.CASCADE, related_name="history")
    decision = models.CharField(max_length=6, blank=True)
    comment = models.TextField(blank=True, default="")
    reviewer = models.CharField(max_length=254, blank=True, default="")
    by = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    bulk = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = models.Manager()


class BulkDecision(models.Model):
    """One decision on all accounts that fitted what was `asked` when it was taken. They are
    `chosen` by number (see `ledger.deciding_many`), `total` of them; `looked_at` says how far it is
    written down, `decided` on how many. What was decided after the decision numbered `after`, or
    is not the `member`'s any more, is left alone. It is stopped where the review is cancelled."""

    RUNNING, DONE, STOPPED = "running", "done", "stopped"
    STATES = ((RUNNING, "Under way"), (DONE, "Done"), (STOPPED, "Stopped"))

    review = models.ForeignKey(
        Review, on_delete=models.CASCADE, related_name="bulk_decisions", db_index=False
    )
    decision = models.CharField(max_length=6, choices=ReviewItem.DECISIONS)
    comment = models.TextField(blank=True, default="")
    asked = models.JSONField(default=dict)
    by = models.CharField(max_length=500)
    member = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    chosen = models.BinaryField()
    after = models.BigIntegerField()
    total = models.PositiveIntegerField()
    looked_at = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=STATES, default=RUNNING)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["review", "-id"], name="bulk_decision_newest"),
            models.Index(
                fields=["id"], condition=models.Q(state="running"), name="bulk_decision_open"
            ),
        ]


class ReviewReminder(models.Model):
    """That a mail was written: of which kind, about which day, to whom."""

    STARTED, WEEK, DAY, OVERDUE = "started", "7", "1", "overdue"
    DECIDED, NOW = "decided", "now"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10)
    day = models.DateField()
    to = models.EmailField()
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "kind", "day", "to"],
                condition=~models.Q(kind="now"),
                name="review_reminder_once",
            )
        ]
