"""A real OpenLDAP server on loopback: plain, StartTLS and LDAPS, with the lastbind overlay."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Papers, made_in

SLAPD = shutil.which("slapd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
MODULES = Path("/usr/lib/ldap")
NEEDS_SLAPD = (
    ""
    if SLAPD and (MODULES / "lastbind.so").exists()
    else "needs slapd with the lastbind overlay (Debian: slapd)"
)
SUFFIX = "dc=example,dc=com"
READER, READER_PASSWORD = f"cn=steward,ou=services,{SUFFIX}", "reader's ßecret"
LIMITED, LIMITED_PASSWORD = f"cn=limited,ou=services,{SUFFIX}", "limited"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath {modules}
moduleload back_mdb.la
moduleload lastbind.la
moduleload ppolicy.la
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCACertificateFile {papers.ca}
TLSCertificateFile {papers.certificate}
TLSCertificateKeyFile {papers.key}
database mdb
maxsize 104857600
suffix "{suffix}"
rootdn "cn=root,{suffix}"
rootpw root
directory {folder}/data
sizelimit 100
limits dn.exact="{reader}" size=unlimited
overlay ppolicy
overlay lastbind
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by dn.exact="{limited}" read by * none
"""


@dataclass(frozen=True)
class Slapd:
    """The certificate is for 127.0.0.1; the server answers on 127.0.0.2 too. The account
    `LIMITED` may read 100 entries at most."""

    port: int
    tls_port: int
    papers: Papers
    process: subprocess.Popen[bytes]

    @property
    def plain(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def encrypted(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def misnamed(self) -> str:
        return f"ldaps://127.0.0.2:{self.tls_port}"


@contextmanager
def running_slapd(folder: Path, ldif: str) -> Iterator[Slapd]:
    papers = made_in(folder, "127.0.0.1")
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            papers=papers,
            suffix=SUFFIX,
            reader=READER,
            modules=MODULES,
            limited=LIMITED,
        )
    )
    subprocess.run(
        [str(SLAPD), "-T", "add", "-q", "-f", str(config)],
        input=ldif.encode(),
        check=True,
        capture_output=True,
    )
    port, tls_port = free_port(), free_port()
    listen = f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port} ldaps://127.0.0.2:{tls_port}"
    process = subprocess.Popen(
        [str(SLAPD), "-d", "0", "-f", str(config), "-h", listen], stderr=subprocess.DEVNULL
    )
    try:
        wait_for(tls_port, process)
        yield Slapd(port, tls_port, papers, process)
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], host: str = "127.0.0.1") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on {host}:{port}")
