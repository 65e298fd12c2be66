"""What an account depends on besides the bytes it is read from."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

import msgspec
from django.conf import settings

from steward.inventory.instance import Instance
from steward.sdk.catalogue import folder_of

SIZE = 16


def salt_of(instance: Instance) -> bytes:
    """Another mapper or another setting may make another record of the same bytes. Nobody outside
    knows it, so that nobody can choose what an app says of them to look as it was."""
    said = msgspec.json.encode(instance.settings, order="sorted")
    parts = (code_of(instance.integration), instance.credential.auth.encode(), said)
    secret = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(b"\0".join(parts), digest_size=SIZE, key=secret).digest()


@cache
def code_of(slug: str) -> bytes:
    """The integration's own files and the version of Steward that carries them."""
    known = hashlib.blake2b(version("steward").encode(), digest_size=SIZE)
    for file in sorted(folder_of(slug).glob("*.py")):
        known.update(file.read_bytes())
    return known.digest()
