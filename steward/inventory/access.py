"""What third-party apps may do, told of applications, of people and of scopes.

Counted by `sync.access` when a book has been read, so that no page counts grants. Levels are those
of `sdk.scopes`, as numbers; `NOT_KNOWN` is below all of them, since nobody guesses.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from steward.inventory.application import Application
from steward.inventory.person import Person


class ApplicationAccess(models.Model):
    """`level` is the gravest of what is held, and `because` the scope it is so for. `first_at` is
    when the first of its grants appeared and `risky_at` the first of its risky ones; None where
    Steward does not know, because it was there when Steward first looked. `grants` says how many
    of them there are at each level, the lowest first."""

    application = models.OneToOneField(
        Application, primary_key=True, on_delete=models.CASCADE, related_name="access"
    )
    publisher = models.CharField(max_length=300, blank=True, default="")
    verified = models.BooleanField(null=True)
    level = models.PositiveSmallIntegerField(default=0)
    because = models.CharField(max_length=1000, blank=True, default="")
    integration = models.CharField(max_length=100, blank=True, default="")
    scopes = models.PositiveIntegerField(default=0)
    unknown_scopes = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    for_all = models.BooleanField(default=False)
    grants = models.JSONField(default=list)
    first_at = models.DateTimeField(null=True)
    risky_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()


class ScopeAccess(models.Model):
    """One scope that an application holds in one book; "" where it is not said what it may do.
    `for_all` says that it reaches everybody's data."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="scope_access"
    )
    book = models.BigIntegerField()
    scope = models.CharField(max_length=1000, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    grants = models.PositiveIntegerField(default=0)
    for_all = models.BooleanField(default=False)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["book", "application"], name="scope_access_book")]


class PersonAccess(models.Model):
    """What one person has let apps do; what an administrator agreed to for all is not theirs."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="access"
    )
    level = models.PositiveSmallIntegerField(default=0)
    applications = models.PositiveIntegerField(default=0)
    risky = models.PositiveIntegerField(default=0)
    newest_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-level", "-risky", "person"], name="person_access_level")
        ]
