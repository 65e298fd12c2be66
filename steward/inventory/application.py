"""Applications: what the company uses, connected or only seen through another app."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.person import Person


class Application(models.Model):
    """`key` is the integration's slug where there is one, else the name in small letters. What is
    `told_` is counted by `sync.tallies`: who has the application according to others that show
    it (humans, and the accounts that stand for them), and who was active in it within
    `instance.RECENT`. `told_humans` and `told_humans_active` count all that is known of one with
    more than a single connected source, each human once; they are None where the accounts of one
    instance are all there is. `told_beside`: accounts in apps that count beside it (`SeenApp`).

    One that is `merged_into` another is found as that one from then on, and kept so that it can be
    undone. `custom` holds the values of the fields the company has made, by their number. Whoever
    was not active for `inactive_after` days counts as inactive (None: the usual). `allocation` says
    how its cost is shared among departments; `shares` are the fixed ones, in hundredths."""

    SEAT, USAGE, FIXED = "seat", "usage", "fixed"
    ALLOCATIONS = ((SEAT, "By seat"), (USAGE, "By use"), (FIXED, "Fixed shares"))
    CRITICALITIES = (("", "–"), ("low", "Low"), ("medium", "Medium"), ("high", "High"))

    STATUSES = (
        ("unconfirmed", "Unconfirmed"),
        ("approved", "Approved"),
        ("unapproved", "Unapproved"),
    )

    key = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=300)
    integration = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=12, choices=STATUSES, default="unconfirmed")
    business_owner = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    technical_owner = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    criticality = models.CharField(max_length=6, choices=CRITICALITIES, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list)
    custom = models.JSONField(default=dict)
    inactive_after = models.PositiveSmallIntegerField(null=True)
    allocation = models.CharField(max_length=5, choices=ALLOCATIONS, default=SEAT)
    shares = models.JSONField(default=dict)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="merged", db_index=False
    )
    told_users = models.PositiveIntegerField(default=0, db_default=0)
    told_accounts = models.PositiveIntegerField(default=0, db_default=0)
    told_active = models.PositiveIntegerField(default=0, db_default=0)
    told_humans = models.PositiveIntegerField(null=True)
    told_humans_active = models.PositiveIntegerField(null=True)
    told_beside = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name

    def now(self) -> Application:
        """What it is by now, after whatever merges there were since."""
        application = self
        while application.merged_into is not None:
            application = application.merged_into
        return application


class CustomField(models.Model):
    """A field the company has made for its applications. `choices` are the words of a choice."""

    TEXT, NUMBER, DATE, CHOICE, PERSON = "text", "number", "date", "choice", "person"
    TYPES = (
        (TEXT, "Text"),
        (NUMBER, "Number"),
        (DATE, "Date"),
        (CHOICE, "Choice"),
        (PERSON, "Person"),
    )

    name = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=6, choices=TYPES, default=TEXT)
    choices = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name
