"""One connection to a directory: opened safely, signed in, and searched page by page."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core import exceptions as faults
from pyasn1.error import PyAsn1Error

from steward.integrations.ldap.refusals import refusal
from steward.integrations.ldap.values import Entry
from steward.integrations.ldap.wire import Metered, NamedTls
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError, Unavailable, Unexpected

PAGE = 500
CONNECT_SECONDS, SILENCE_SECONDS = 10, 60
_PAGED = "1.2.840.113556.1.4.319"
_NO_ENTRY = 32
_EMPTY_PAGES = 100
# What ldap3 lets through from its decoder when the other side does not speak LDAP.
_UNREADABLE = (PyAsn1Error, ValueError, TypeError, LookupError, AttributeError)


class Session:
    def __init__(self, context: Context) -> None:
        address = urlsplit(str(context.settings["url"]))
        self.encrypted = address.scheme.lower() == "ldaps"
        self.start_tls = not self.encrypted and bool(context.settings.get("start_tls", True))
        self.host = address.hostname or ""
        self.port = address.port or (636 if self.encrypted else 389)
        self.context = context
        self._connection: Any = None

    def search(
        self, base: str, query: str, attributes: tuple[str, ...], size: int = PAGE
    ) -> Iterator[list[Entry]]:
        """Every entry under `base` that matches, in pages of at most `size`."""
        cookie, empty = b"", 0
        while empty < _EMPTY_PAGES:
            entries = self._ask(base, query, ldap3.SUBTREE, attributes, size, cookie)
            cookie = self._next_page()
            yield entries
            empty = 0 if entries else empty + 1
            if not cookie:
                return
        raise Unexpected("The directory keeps answering with empty pages.")

    def first(self, base: str, query: str) -> Entry | None:
        """One entry that matches, whichever."""
        return next(iter(self._ask(base, query, ldap3.SUBTREE, ("objectClass",), 1)), None)

    def read(self, dn: str, attributes: tuple[str, ...]) -> Entry | None:
        """The entry of that name; None when there is none that this account may see."""
        found = self._ask(dn, "(objectClass=*)", ldap3.BASE, attributes, missing_ok=True)
        return found[0] if found else None

    def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with _sentences(self.host):
                connection.unbind()

    def _ask(
        self,
        base: str,
        query: str,
        scope: Any,
        attributes: tuple[str, ...],
        size: int | None = None,
        cookie: bytes = b"",
        missing_ok: bool = False,
    ) -> list[Entry]:
        connection = self._open()
        with self.context.watch("ldap", "SEARCH", self.host), _sentences(self.host):
            connection.search(
                base,
                query,
                search_scope=scope,
                attributes=list(attributes),
                paged_size=size,
                paged_cookie=cookie or None,
            )
        code = connection.result["result"]
        if code and not (missing_ok and code == _NO_ENTRY):
            raise refusal(connection.result)
        return [_entry(r) for r in connection.response or () if r["type"] == "searchResEntry"]

    def _next_page(self) -> bytes:
        controls = self._connection.result.get("controls") or {}
        return bytes(controls.get(_PAGED, {}).get("value", {}).get("cookie") or b"")

    def _open(self) -> Any:
        if self._connection is None or self._connection.closed:
            self._connection = self._reached()
            with _sentences(self.host):
                signed_in = self._connection.bind(read_server_info=False)
            if not signed_in:
                raise refusal(self._connection.result)
        return self._connection

    def _reached(self) -> Any:
        """The name is resolved and judged by the network policy, and we connect to the very
        addresses that it let pass, in their order."""
        failure: ConnectorError = Unavailable(f"{self.host} has no address.")
        for address in self.context.network.resolve(self.host, self.port):
            connection, tls = self._made(address)
            try:
                with _sentences(self.host, tls):
                    connection.open(read_server_info=False)
                    if self.start_tls:
                        connection.start_tls(read_server_info=False)
                    connection.socket = Metered(connection.socket)
                return connection
            except Unavailable as problem:
                failure = problem
        raise failure

    def _made(self, address: str) -> tuple[Any, NamedTls]:
        tls = NamedTls(self.host, str(self.context.settings.get("ca_certificate") or ""))
        server = ldap3.Server(
            address,
            port=self.port,
            use_ssl=self.encrypted,
            tls=tls,
            get_info=ldap3.NONE,
            connect_timeout=CONNECT_SECONDS,
            allowed_referral_hosts=[],
        )
        return ldap3.Connection(
            server,
            user=self.context.credentials["bind_name"],
            password=self.context.credentials["password"],
            authentication=ldap3.SIMPLE,
            read_only=True,
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            return_empty_attributes=False,
            receive_timeout=SILENCE_SECONDS,
        ), tls


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(row["dn"], {name.lower(): v or [] for name, v in row["raw_attributes"].items()})


@contextmanager
def _sentences(host: str, tls: NamedTls | None = None) -> Iterator[None]:
    try:
        yield
    except faults.LDAPExceptionError as problem:
        raise _sentence(problem, host, tls.fault if tls else None) from None
    except OSError:
        raise Unavailable(f"The connection to {host} broke.") from None
    except _UNREADABLE as problem:
        raise _not_ldap(host, problem) from None


def _sentence(problem: Exception, host: str, tls: Exception | None) -> ConnectorError:
    if isinstance(tls, ssl.SSLCertVerificationError):
        return Unexpected(
            f"The certificate of {host} cannot be trusted ({tls.verify_message}). Correct the "
            "address, or paste the certificate of the authority that issued it."
        )
    if isinstance(tls, ssl.SSLError):
        return Unexpected(f"{host} does not speak TLS there; check the address and the port.")
    if isinstance(problem, faults.LDAPStartTLSError) and tls is None:
        return Unexpected(f"{host} does not offer StartTLS; use an ldaps:// address.")
    if isinstance(problem, faults.LDAPSocketOpenError | faults.LDAPStartTLSError):
        return Unavailable(f"{host} cannot be reached; it refused or did not answer in time.")
    if isinstance(problem, faults.LDAPInvalidFilterError):
        return Unexpected("The filter in the settings is not a valid LDAP filter.")
    if isinstance(problem, faults.LDAPCommunicationError):
        return Unavailable(f"{host} stopped answering.")
    return _not_ldap(host, problem)


def _not_ldap(host: str, problem: Exception) -> ConnectorError:
    return Unexpected(f"{host} answered in a way that is not LDAP ({type(problem).__name__}).")
