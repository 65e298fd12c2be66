"""Secrets at rest: AES-256-GCM under a key derived from STEWARD_SECRET_KEY, outside the database.

What is sealed for one instance and purpose cannot be opened as another's: both are bound in as
associated data (NIST SP 800-38D), so swapping rows in the database does not swap credentials.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from steward.inventory.instance import Credential, Instance

_NONCE = 12


class SealBroken(Exception):
    """The key is not the one the secret was sealed with, or the row was tampered with."""


@cache
def _cipher(secret_key: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"steward vault v1")
    return AESGCM(derived.derive(secret_key.encode()))


def seal(value: Mapping[str, Any], bound_to: str) -> bytes:
    nonce = os.urandom(_NONCE)
    plain = msgspec.json.encode(dict(value))
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, plain, bound_to.encode())


def unseal(sealed: bytes, bound_to: str) -> dict[str, Any]:
    sealed = bytes(sealed)
    try:
        plain = _cipher(settings.SECRET_KEY).decrypt(
            sealed[:_NONCE], sealed[_NONCE:], bound_to.encode()
        )
    except InvalidTag:
        raise SealBroken(
            "The stored credential cannot be opened with the present STEWARD_SECRET_KEY. "
            "Put the former key back, or enter the credential again."
        ) from None
    value: dict[str, Any] = msgspec.json.decode(plain)
    return value


def keep(
    instance: Instance, auth: str, secrets: Mapping[str, Any], tokens: Mapping[str, Any]
) -> None:
    """Store a credential in place of the one before, with the tokens its test has earned."""
    Credential.objects.update_or_create(
        instance=instance,
        defaults={
            "auth": auth,
            "secrets": seal(secrets, f"secrets/{instance.pk}"),
            "tokens": seal(tokens, f"tokens/{instance.pk}"),
        },
    )


def open_credential(instance: Instance) -> tuple[str, dict[str, Any]]:
    """The chosen way to sign in, and its fields."""
    row = Credential.objects.get(instance=instance)
    return row.auth, unseal(row.secrets, f"secrets/{instance.pk}")


class StoredTokens:
    """The tokens of one instance, for one connection of it.

    A refresh holds a lock until the new token is stored, so nobody uses one refresh token twice:
    the row's on PostgreSQL, where workers are many; on SQLite, where there is one, a lock of the
    process, since a lock of the file would stop every writer while the app is asked.
    Tokens of an older connection are not written over those of a newer.
    """

    _locks: ClassVar[dict[int, threading.RLock]] = defaultdict(threading.RLock)

    def __init__(self, instance: Instance) -> None:
        self._instance = instance.pk
        self._connection = instance.connection

    @contextmanager
    def lock(self) -> Iterator[None]:
        if connection.features.has_select_for_update:
            with transaction.atomic():
                Credential.objects.select_for_update().get(instance=self._instance)
                yield
        else:
            with self._locks[self._instance]:
                yield

    def load(self) -> dict[str, Any]:
        row = Credential.objects.filter(instance=self._instance).first()
        if row is None or row.tokens is None:
            return {}
        return unseal(row.tokens, f"tokens/{self._instance}")

    def save(self, tokens: Mapping[str, Any]) -> None:
        sealed = seal(tokens, f"tokens/{self._instance}")
        Credential.objects.filter(
            instance=self._instance, instance__connection=self._connection
        ).update(tokens=sealed)
