"""Who was seen by a run that is still reading, one bit an account.

An account that is as it was costs no write of its own: a run of a million accounts notes them
in 125 kB. The bits go with the checkpoint, so that another worker can go on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Sighting(models.Model):
    """Bit n of `bits` (least significant bit of the first byte first) is the account with the id
    `chunk * SIZE + n`."""

    SIZE = 8192

    book = models.BigIntegerField()
    run = models.BigIntegerField()
    chunk = models.BigIntegerField()
    bits = models.BinaryField(max_length=SIZE // 8)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "run", "chunk"], name="sighting_once")
        ]
