"""Where requests may go: the public internet, and what the operator allows besides.

An address is checked after its name was resolved, and the connection is made to the very address
that was checked, so a name that answers differently the second time gains nothing (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, TypeAlias

import httpcore2
import httpx2

from steward.sdk.errors import Unavailable, Unexpected

Address: TypeAlias = IPv4Address | IPv6Address
Range: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Network:
    allowed: tuple[Range, ...] = ()

    @classmethod
    def of(cls, ranges: str) -> Network:
        """From CIDR ranges with commas between."""
        parts = (part.strip() for part in ranges.split(","))
        return cls(tuple(ipaddress.ip_network(part, strict=False) for part in parts if part))

    def permits(self, address: Address) -> bool:
        plain = _unmapped(address)
        if any(plain in network for network in self.allowed if network.version == plain.version):
            return True
        return plain.is_global and not plain.is_multicast

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of the host, every one of them permitted; in the resolver's order."""
        addresses = _look_up(host, port)
        for address in addresses:
            if not self.permits(ipaddress.ip_address(address)):
                raise Unexpected(
                    f"{host} is at {address}, a private or reserved address that Steward does not "
                    "connect to. If it is meant, the operator can allow its range with "
                    "STEWARD_ALLOWED_NETWORKS."
                )
        return addresses


def _unmapped(address: Address) -> Address:
    """IPv4 inside IPv6 (mapped, 6to4, NAT64) is judged as the IPv4 it reaches."""
    if isinstance(address, IPv4Address):
        return address
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Unavailable(
            f"The name {host} cannot be found. Check the address for a typing mistake; if it is "
            "right, the DNS of this server cannot resolve it now."
        ) from None
    return list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found))


class _Bounded(httpcore2.NetworkStream):
    """A connection that ends at a moment (of `time.monotonic`), however often it is fed a byte;
    the timeouts of httpx are for each read alone."""

    def __init__(self, stream: httpcore2.NetworkStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        made = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Bounded(made, self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("The time for this connection is over.")
        return left if timeout is None else min(left, timeout)


class _CheckedBackend(httpcore2.NetworkBackend):
    def __init__(self, network: Network, seconds: float | None = None) -> None:
        self._network = network
        self._seconds = seconds
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception | None = None
        began = time.monotonic()
        for address in self._network.resolve(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
                return _Bounded(stream, began + self._seconds) if self._seconds else stream
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    def sleep(self, seconds: float) -> None:
        self._sockets.sleep(seconds)


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the certificates of all authorities takes as long as reading a page of an app."""
    return httpx2.create_ssl_context()


class CheckedTransport(httpx2.HTTPTransport):
    """httpx's transport over a pool whose connections go to checked addresses only; httpx has
    no public way to hand it a network backend. Proxies of the environment are not used, since a
    proxy would resolve names itself. With `seconds` no connection lives longer than that."""

    def __init__(self, network: Network, seconds: float | None = None) -> None:
        super().__init__(verify=_trusted(), trust_env=True)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_trusted(),
            max_connections=10,
            max_keepalive_connections=5,
            keepalive_expiry=30.0,
            network_backend=_CheckedBackend(network, seconds),
        )
