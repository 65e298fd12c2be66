"""Persons: the humans behind accounts, and the addresses by which they are recognised."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Person(models.Model):
    """`attributes` come from the directory (department, title, manager, employment type)."""

    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254)
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name or self.email


class PersonEmail(models.Model):
    """`key` is the address in the form in which two spellings of one mailbox are equal."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="emails")
    key = models.CharField(max_length=254, unique=True)
