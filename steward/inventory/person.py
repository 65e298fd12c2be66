"""Persons: the humans behind accounts, and the addresses by which they are recognised."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone


class Person(models.Model):
    """`attributes` come from the directory, under the names of `STANDARD` where it knows them.
    `manager` is the person it names as theirs, and `manager_sought` that nobody was found yet.
    `undescribed`: what the people list says of them has changed, and is not told yet.
    Who is `merged_into` somebody has nothing any more and is kept, so that it can be undone.

    What is `told_` is told anew by `sync.tallies` when accounts have changed, so that lists can be
    sorted and cut by it: how many accounts there are, how many are not removed and how many work,
    when one of them was last active, and how the directories speak of the human."""

    UNKNOWN, HERE, AWAY, LEFT = "", "here", "away", "left"
    STANDARD = (
        "department",
        "title",
        "manager",
        "employment_type",
        "location",
        "cost_centre",
        "start_date",
        "end_date",
    )

    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254)
    attributes = models.JSONField(default=dict)
    told_accounts = models.PositiveIntegerField(default=1, db_default=1)
    told_present = models.PositiveIntegerField(default=1, db_default=1)
    told_live = models.PositiveIntegerField(default=1, db_default=1)
    told_last_active = models.DateTimeField(null=True)
    told_standing = models.CharField(max_length=5, blank=True, default=UNKNOWN, db_default=UNKNOWN)
    told_leaver = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    manager = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="reports", db_index=False
    )
    # Worked out by the database, so that a few of many are found by an index.
    in_department = models.GeneratedField(
        expression=KeyTextTransform("department", "attributes"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    in_location = models.GeneratedField(
        expression=KeyTextTransform("location", "attributes"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    manager_sought = models.BooleanField(default=False, db_default=False)
    undescribed = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name"]),
            models.Index(models.F("told_leaver").desc(), "name", "id", name="person_listed"),
            # Whoever counts people joins their managers, and reads no more than this index.
            models.Index(
                fields=["told_standing", "told_accounts", "manager"], name="person_standing"
            ),
            models.Index(fields=["id"], condition=models.Q(told_leaver=True), name="person_leaver"),
            models.Index(fields=["in_department"], name="person_department"),
            models.Index(fields=["in_location"], name="person_location"),
            # SQLite reads it both ways; PostgreSQL has another one for the latest first, with those
            # of whom nothing is known at the end (migration 0026).
            models.Index(fields=["told_last_active"], name="person_active"),
            # SQLite looks for who refers to each new person, and sees a use for an index only where
            # it says IS NOT NULL; without one it reads the whole table.
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="person_merged",
            ),
            models.Index(
                fields=["manager"],
                condition=models.Q(manager__isnull=False),
                name="person_managed",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(manager_sought=True),
                name="person_manager_sought",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(undescribed=True),
                name="person_undescribed",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def now(self) -> Person:
        """Who they are by now, after whatever merges there were since."""
        person = self
        while person.merged_into is not None:
            person = person.merged_into
        return person


class PersonEmail(models.Model):
    """`key` is the address in the form in which two spellings of one mailbox are equal. As a
    `unique` field it would have a second index on PostgreSQL, for LIKE, that nothing asks for."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="emails", db_constraint=False
    )
    key = models.CharField(max_length=254)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["key"], name="one_person_an_address"),
        ]


class Describing(models.Model):
    """A row is there while people are described anew, since other instances are believed now;
    `done_to` is the highest number of those who are done."""

    done_to = models.BigIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()
