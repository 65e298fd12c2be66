"""A service account for the simulated Google, with the key file that Google Cloud would give."""

from __future__ import annotations

import json
from dataclasses import dataclass

from joserfc.jwk import RSAKey

EMAIL = "steward@northwind-labs-it.iam.gserviceaccount.example"


@dataclass(frozen=True)
class Robot:
    """`key_file` is what an admin pastes, `public_key` (PEM) what Google keeps."""

    key_file: str
    public_key: str

    @classmethod
    def made(cls) -> Robot:
        key = RSAKey.generate_key(2048, private=True)
        told = {
            "type": "service_account",
            "project_id": "northwind-labs-it",
            "private_key_id": "0123456789abcdef",
            "private_key": key.as_pem(private=True).decode(),
            "client_email": EMAIL,
            "client_id": "117000000000000000001",
        }
        return cls(json.dumps(told), key.as_pem(private=False).decode())
