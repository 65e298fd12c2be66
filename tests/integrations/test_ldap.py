"""LDAP against a real OpenLDAP server with the lastbind overlay."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ldap3
import pytest

from steward.integrations.ldap.connector import Ldap
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.network import Network
from steward.sdk.records import Account, Group, Membership
from tests.servers.directory import ANN, ANN_PASSWORD, NAMED, STAFF, company
from tests.servers.slapd import (
    LIMITED,
    LIMITED_PASSWORD,
    NEEDS_SLAPD,
    READER,
    READER_PASSWORD,
    SUFFIX,
    Slapd,
    running_slapd,
)

pytestmark = pytest.mark.skipif(bool(NEEDS_SLAPD), reason=NEEDS_SLAPD)
LOOPBACK = Network.of("127.0.0.0/8")
Connect = Callable[..., Ldap]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with running_slapd(tmp_path_factory.mktemp("slapd"), company()) as server:
        yield server


@pytest.fixture
def connect(slapd: Slapd) -> Iterator[Connect]:
    opened: list[Ldap] = []

    def connected(
        network: Network = LOOPBACK, password: str = READER_PASSWORD, **settings: object
    ) -> Ldap:
        given = {"url": slapd.encrypted, "ca_certificate": slapd.papers.ca.read_text(), **settings}
        name = str(given.pop("bind_name", READER))
        context = Context(given, {"bind_name": name, "password": password}, network=network)
        opened.append(Ldap(context))
        return opened[-1]

    yield connected
    for connector in opened:
        connector.close()


def everyone(connector: Ldap) -> dict[str, Account]:
    accounts = [a for page in connector.accounts(None) for a in page.records]
    assert len({a.id for a in accounts}) == len(accounts)
    return {a.username: a for a in accounts}


def test_every_account_is_read_in_pages(connect: Connect) -> None:
    pages = list(connect().accounts(None))
    assert sum(len(page.records) for page in pages) == STAFF + NAMED
    assert len(pages) == 2
    assert not any(page.problems for page in pages)


def test_an_account_is_described(connect: Connect) -> None:
    ann = everyone(connect())["ann"]
    assert (ann.name, ann.email, ann.emails) == (
        "Ann Lee <script>",
        "ann@example.com",
        ("Ann.Lee@example.com",),
    )
    assert (ann.status, ann.kind, ann.holds_seat) == ("active", "person", None)
    assert ann.attributes == {"title": "Engineer", "department": "R&D", "manager": "Þóra, the Boss"}
    assert ann.created_at is not None
    assert ann.created_at - datetime.now(UTC) < timedelta(minutes=5)


def test_accounts_that_cannot_sign_in_are_disabled(connect: Connect) -> None:
    people = everyone(connect())
    blocked = {n: a.attributes["app_status"] for n, a in people.items() if a.status == "disabled"}
    assert blocked == {"locked": "locked", "gone": "expired"}
    assert people["locked"].email is None


def test_service_accounts_are_told_apart(connect: Connect) -> None:
    branch = f"OU=services, {SUFFIX}\n"
    assert {n for n, a in everyone(connect()).items() if a.kind == "service"} == {
        "steward",
        "limited",
    }
    marked = everyone(connect(service_branches=branch))
    assert {n for n, a in marked.items() if a.kind == "service"} == {"steward", "limited", "backup"}


def test_the_last_sign_in_is_read(connect: Connect, slapd: Slapd) -> None:
    before = everyone(connect())["staff3"].last_active_at
    moment = datetime.now(UTC).replace(microsecond=0)
    assert ldap3.Connection(slapd.plain, ANN, ANN_PASSWORD).bind()
    people = everyone(connect())
    assert before is None
    assert people["staff3"].last_active_at is None
    assert people["ann"].last_active_at is not None
    assert people["ann"].last_active_at >= moment


def test_groups_name_their_members(connect: Connect) -> None:
    connector = connect()
    ids = {a.id: name for name, a in everyone(connector).items()}
    records = [r for page in connector.groups(None) for r in page.records]
    groups = {r.id: r.name for r in records if isinstance(r, Group)}
    members = {(groups[r.group], ids[r.account]) for r in records if isinstance(r, Membership)}
    assert members == {
        ("engineers", "ann"),
        ("engineers", "Þóra, the Boss"),
        ("unix", "ann"),
        ("unix", "staff7"),
    }


@pytest.mark.parametrize("start_tls", [True, False])
def test_plain_addresses(connect: Connect, slapd: Slapd, start_tls: bool) -> None:
    tenant = connect(url=slapd.plain, start_tls=start_tls).check()
    assert tenant.name == "example.com (OpenLDAP)"
    assert tenant.id == connect().check().id


def test_a_branch_is_a_tenant_of_its_own(connect: Connect) -> None:
    branch = connect(base_dn=f"ou=people,{SUFFIX}")
    assert branch.check().id != connect().check().id
    assert "backup" not in everyone(branch)


def test_the_name_in_the_certificate_must_be_the_one_asked_for(
    connect: Connect, slapd: Slapd
) -> None:
    with pytest.raises(Unexpected, match=r"cannot be trusted.*not valid for '127.0.0.2'"):
        connect(url=slapd.misnamed).check()


REFUSED: list[tuple[dict[str, object], type[ConnectorError], str]] = [
    ({"password": "wrong"}, Unauthorized, "refused the name or the password"),
    ({"bind_name": f"cn=nobody,{SUFFIX}"}, Unauthorized, "refused the name or the password"),
    ({"bind_name": "nobody"}, Unexpected, "not a distinguished name"),
    ({"bind_name": ANN, "password": ANN_PASSWORD}, Unexpected, "shows this account no entry"),
    ({"base_dn": "dc=elsewhere"}, Unexpected, f"Its branches are: {SUFFIX}"),
    ({"user_filter": "(uid=nobody)"}, Forbidden, "no user under"),
    ({"user_filter": "(&(uid=*)"}, Unexpected, "not a valid LDAP filter"),
    ({"ca_certificate": ""}, Unexpected, "cannot be trusted"),
    ({"ca_certificate": "nonsense"}, Unexpected, "paste it as PEM text"),
    ({"network": Network()}, Unexpected, "STEWARD_ALLOWED_NETWORKS"),
    ({"url": "ldaps://127.0.0.1:1"}, Unavailable, "cannot be reached"),
]


@pytest.mark.parametrize(("changed", "error", "sentence"), REFUSED)
def test_what_is_wrong_is_said(
    connect: Connect, changed: dict[str, object], error: type[ConnectorError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as caught:
        connect(**changed).check()
    assert READER_PASSWORD not in repr(caught.value)


def test_tls_where_there_is_none_and_the_other_way_round(connect: Connect, slapd: Slapd) -> None:
    with pytest.raises(Unexpected, match="does not speak TLS"):
        connect(url=f"ldaps://127.0.0.1:{slapd.port}").check()
    with pytest.raises(Unavailable):
        connect(url=f"ldap://127.0.0.1:{slapd.tls_port}").check()


def test_a_list_the_server_cuts_short_is_no_list(connect: Connect) -> None:
    connector = connect(bind_name=LIMITED, password=LIMITED_PASSWORD)
    with pytest.raises(Unavailable, match="limits how many entries"):
        list(connector.accounts(None))


def test_a_server_that_does_not_speak_ldap(connect: Connect) -> None:
    web = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with answering(web) as port, pytest.raises((Unexpected, Unavailable)):
        connect(url=f"ldap://127.0.0.1:{port}", start_tls=False).check()


def test_an_answer_without_end_is_cut_off(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.integrations.ldap.wire.PAGE_BYTES", 100_000)
    endless = b"\x30\x84\x7f\xff\xff\xff" + bytes(200_000)
    with answering(endless) as port, pytest.raises(Unavailable):
        connect(url=f"ldap://127.0.0.1:{port}", start_tls=False).check()


def test_a_server_that_goes_away(tmp_path: Path) -> None:
    with running_slapd(tmp_path, company()) as server:
        settings = {"url": server.plain, "start_tls": False}
        context = Context(
            settings, {"bind_name": READER, "password": READER_PASSWORD}, network=LOOPBACK
        )
        connector = Ldap(context)
        pages = connector.accounts(None)
        next(pages)
        server.process.terminate()
        server.process.wait(20)
        with pytest.raises(Unavailable):
            list(pages)
        connector.close()


@contextmanager
def answering(data: bytes) -> Iterator[int]:
    """Sends the same bytes to whoever connects, and waits for the other side to hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError), listener.accept()[0] as peer:
                peer.recv(4096)
                peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
                peer.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)
