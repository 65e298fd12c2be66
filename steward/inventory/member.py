"""Members: the people who may use Steward itself, their API tokens and their invitations."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

PREFIX = "stw_"


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    READER = "reader", "Reader"


def fingerprint(token: str) -> str:
    """Tokens carry 256 random bits, so a fast hash is enough (no dictionary to try)."""
    return hashlib.sha256(token.encode()).hexdigest()


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Member:
        member = self.model(email=email.strip().lower(), **fields)
        member.set_password(password)
        member.save()
        return member

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(email__iexact=(username or "").strip())


class Member(AbstractBaseUser):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.READER)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_admin(self) -> bool:
        return self.is_active and self.role == Role.ADMIN


class ApiToken(models.Model):
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=Role.choices)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, name: str, role: str, by: Member | None = None) -> tuple[ApiToken, str]:
        """The row, and the token itself, which is shown once and never stored."""
        token = PREFIX + secrets.token_urlsafe(32)
        row = cls.objects.create(
            name=name, role=role, hash=fingerprint(token), hint=token[:8], created_by=by
        )
        return row, token

    @classmethod
    def find(cls, token: str) -> ApiToken | None:
        return cls.objects.filter(hash=fingerprint(token), revoked_at=None).first()

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN


class Invitation(models.Model):
    """A one-time link by which somebody becomes a member; the first admin's has no address."""

    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @classmethod
    def make(
        cls, role: str, email: str = "", by: Member | None = None, days: int = 7
    ) -> tuple[Invitation, str]:
        token = secrets.token_urlsafe(32)
        row = cls.objects.create(
            email=email,
            role=role,
            hash=fingerprint(token),
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
        return row, token

    @classmethod
    def find(cls, token: str) -> Invitation | None:
        return cls.objects.filter(
            hash=fingerprint(token), used_at=None, expires_at__gt=timezone.now()
        ).first()
