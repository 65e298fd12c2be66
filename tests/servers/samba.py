"""A real Active Directory domain controller (Samba) on a loopback address of its own.

Samba listens on the standard ports, so it needs root; the address keeps it out of the way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Papers, made_in
from tests.servers.slapd import wait_for

ADDRESS = "127.0.0.77"
REALM, BASE = "ad.example.com", "DC=ad,DC=example,DC=com"
ADMIN, PASSWORD = f"Administrator@{REALM}", "Passw0rd!of-the-admin"
NEEDS_SAMBA = (
    ""
    if shutil.which("samba") and shutil.which("samba-tool") and os.geteuid() == 0
    else "needs samba with samba-tool (Debian: samba), as root"
)

_CONFIG = """
[global]
  netbios name = DC1
  realm = {realm}
  workgroup = ADTEST
  server role = active directory domain controller
  server services = ldap
  interfaces = {address}/8
  bind interfaces only = yes
  private dir = {folder}/private
  state directory = {folder}/state
  cache directory = {folder}/cache
  lock directory = {folder}/lock
  binddns dir = {folder}/dns
  pid directory = {folder}/run
  ncalrpc dir = {folder}/run/ncalrpc
  log file = {folder}/log
  tls keyfile = {papers.key}
  tls certfile = {papers.certificate}
  tls cafile = {papers.ca}
  vfs objects = dfs_samba4 acl_xattr xattr_tdb
[sysvol]
  path = {folder}/state/sysvol
[netlogon]
  path = {folder}/state/sysvol/{realm}/scripts
"""


@dataclass(frozen=True)
class Samba:
    papers: Papers


@contextmanager
def running_samba(folder: Path, ldif: str) -> Iterator[Samba]:
    papers = made_in(folder, ADDRESS)
    config = _provision(folder, papers)
    _add(folder, config, ldif)
    command = ["samba", "-i", "-M", "single", "-s", str(config), "-d", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(636, process, ADDRESS)
        yield Samba(papers)
    finally:
        process.terminate()
        process.wait(30)


def _provision(folder: Path, papers: Papers) -> Path:
    config = folder / "etc/smb.conf"
    for part in ("etc", "run", "private", "state", "cache", "lock", "dns"):
        (folder / part).mkdir()
    config.write_text(_CONFIG.format(realm=REALM, address=ADDRESS, folder=folder, papers=papers))
    _run(
        "samba-tool",
        "domain",
        "provision",
        f"--configfile={config}",
        f"--realm={REALM}",
        "--domain=ADTEST",
        "--server-role=dc",
        f"--adminpass={PASSWORD}",
        "--dns-backend=NONE",
        f"--host-ip={ADDRESS}",
        "--host-name=dc1",
    )
    return config


def _add(folder: Path, config: Path, ldif: str) -> None:
    entries = folder / "entries.ldif"
    entries.write_text(ldif)
    database = str(folder / "private/sam.ldb")
    _run("/usr/bin/python3", "-c", _LOAD, str(config), database, str(entries))


# Debian's own Python holds Samba's library. Relaxed, so that times of the system may be set.
_LOAD = """
import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
config = LoadParm()
config.load(sys.argv[1])
database = SamDB(url=sys.argv[2], session_info=system_session(), lp=config)
database.transaction_start()
for _, entry in database.parse_ldif(open(sys.argv[3]).read()):
    database.add(entry, ["relax:0"])
database.transaction_commit()
"""


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
