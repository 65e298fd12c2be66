"""OAuth on Steward's side: the operator's own apps, and consents that somebody was sent to give."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from steward.inventory.member import Member


def redirect_uri() -> str:
    """Where every app sends an admin back; the operator registers it with each OAuth app."""
    return f"{settings.STEWARD_BASE_URL}/integrations/consent/"


class AppClient(models.Model):
    """The operator's OAuth app at one vendor, used by every instance without one of its own.
    `secret` is sealed by `inventory.vault`; a public client has an empty one."""

    integration = models.CharField(max_length=100, unique=True)
    client_id = models.CharField(max_length=300)
    secret = models.BinaryField()
    updated_by = models.CharField(max_length=254, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.integration} {self.client_id}"


class ConsentAsked(models.Model):
    """What waits for an admin to come back from the app. `state` is the SHA-256 of the state that
    was sent along; `sealed` holds what was entered and the PKCE verifier, bound to the member and
    the browser that began."""

    state = models.CharField(max_length=64, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[Any] = models.Manager()
