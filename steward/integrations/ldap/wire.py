"""What goes over the wire is encrypted for whom it is meant, and not without end."""

from __future__ import annotations

import ssl
import time
from typing import Any

import ldap3

from steward.sdk.errors import Unexpected

PAGE_SECONDS = 300
PAGE_BYTES = 64 * 1024 * 1024


class NamedTls(ldap3.Tls):  # type: ignore[misc]
    """Verifies certificate and name with Python's own rules; ldap3's name check is a copy of an
    old one. `ca` (PEM), where given, is the only authority that is trusted."""

    def __init__(self, name: str, ca: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.name = name
        self.fault: Exception | None = None
        try:
            self.rules = ssl.create_default_context(cadata=ca or None)
        except (ssl.SSLError, ValueError):
            raise Unexpected(
                "The CA certificate cannot be read; paste it as PEM text, "
                "from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”."
            ) from None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        try:
            connection.socket = self.rules.wrap_socket(
                connection.socket, server_hostname=self.name, do_handshake_on_connect=True
            )
        except (ssl.SSLError, OSError) as problem:
            self.fault = problem
            raise


class Metered:
    """A socket that refuses to be fed without end: a budget of bytes and seconds a request."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._renew()

    def _renew(self) -> None:
        self._left, self._until = PAGE_BYTES, time.monotonic() + PAGE_SECONDS

    def sendall(self, data: bytes) -> None:
        self._renew()
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        data: bytes = self._socket.recv(size)
        self._left -= len(data)
        if self._left < 0 or time.monotonic() > self._until:
            raise OSError("answer over budget")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)
