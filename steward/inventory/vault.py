"""Secrets at rest: AES-256-GCM under a key derived from STEWARD_SECRET_KEY, outside the database.

What is sealed for one instance and purpose cannot be opened as another's: both are bound in as
associated data (NIST SP 800-38D), so swapping rows in the database does not swap credentials.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from steward.inventory.consent import AppClient
from steward.inventory.instance import Credential, Instance
from steward.sdk.tokens import scopes_in

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


def keep_client(integration: str, client_id: str, secret: str, by: str) -> None:
    """The operator's OAuth app, in place of the one before."""
    AppClient.objects.update_or_create(
        integration=integration,
        defaults={
            "client_id": client_id,
            "secret": seal({"secret": secret}, f"client/{integration}"),
            "updated_by": by,
        },
    )


def open_client(integration: str) -> tuple[str, str] | None:
    """Its id and secret, where the operator has entered one."""
    row = AppClient.objects.filter(integration=integration).first()
    if row is None:
        return None
    return row.client_id, str(unseal(row.secret, f"client/{integration}")["secret"])


class StoredTokens:
    """The tokens of one instance, for one connection of it.

    A refresh holds a lock until the new token is stored, so nobody uses one refresh token twice:
    the row's on PostgreSQL, a file's on SQLite, where all processes share a disk and a lock of the
    database would stop every writer while the app is asked.
    Tokens of an older connection are not written over those of a newer. Scopes that the app names
    with a token are those of the instance from then on.
    """

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
            folder = settings.STEWARD_DATA_DIR / "locks"
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"tokens-{self._instance}").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield

    def load(self) -> dict[str, Any]:
        row = Credential.objects.filter(instance=self._instance).first()
        if row is None or row.tokens is None:
            return {}
        return unseal(row.tokens, f"tokens/{self._instance}")

    def save(self, tokens: Mapping[str, Any]) -> None:
        sealed = seal(tokens, f"tokens/{self._instance}")
        mine = Instance.objects.filter(pk=self._instance, connection=self._connection)
        with transaction.atomic():
            Credential.objects.filter(instance__in=mine).update(tokens=sealed)
            granted = scopes_in(tokens)
            if granted is not None:
                mine.update(scopes=sorted(granted))
