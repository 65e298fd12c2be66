"""X.509 certificates by which an app knows our key: when one ends, and how it is named."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from steward.sdk.errors import Unauthorized


@dataclass(frozen=True)
class Certificate:
    """`ends` is its notAfter; `thumbprint` the base64url SHA-256 of its DER form, which RFC 7515
    (4.1.8) calls `x5t#S256`."""

    ends: datetime
    thumbprint: str

    @classmethod
    def of(cls, pem: str) -> Certificate:
        try:
            read = load_pem_x509_certificate(pem.strip().encode())
        except ValueError:
            raise Unauthorized(
                "The certificate cannot be read. Paste it whole, with its first and last line."
            ) from None
        thumbprint = base64.urlsafe_b64encode(read.fingerprint(SHA256())).rstrip(b"=").decode()
        return cls(read.not_valid_after_utc, thumbprint)

    def has_ended(self) -> bool:
        return self.ends <= datetime.now(UTC)
