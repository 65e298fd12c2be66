"""Every setting, from the environment, in one table. `docs/configure.md` is tested against it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    help: str


SETTINGS = (
    Setting("STEWARD_DATA_DIR", "./data", "Folder for the database, the key and made files."),
    Setting(
        "STEWARD_DATABASE_URL",
        "",
        "Where the data is: sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME. "
        "A SQLite file in the data folder when empty.",
    ),
    Setting(
        "STEWARD_SECRET_KEY",
        "",
        "The key under which credentials are sealed and sessions signed. Made and kept in the "
        "data folder when empty; whoever loses it must enter every credential again.",
    ),
    Setting(
        "STEWARD_BASE_URL", "", "The address by which people reach Steward; links in mail use it."
    ),
    Setting("STEWARD_BIND", "127.0.0.1:8000", "Address and port the web server listens on."),
    Setting(
        "STEWARD_EMAIL_URL",
        "",
        "Mail server: smtp://USER:PASSWORD@HOST:PORT?tls=starttls|tls|no&from=ADDRESS. "
        "Mail waits, and says so, while it is empty.",
    ),
    Setting(
        "STEWARD_ALLOWED_NETWORKS",
        "",
        "Private networks that outgoing requests may reach besides the public internet: "
        "CIDR ranges with commas between, such as 10.0.0.0/8,192.168.1.0/24.",
    ),
    Setting(
        "STEWARD_EXPORT_DIR",
        "",
        "Folder beneath which schedules may write reports. That way is not offered while it is "
        "empty.",
    ),
    Setting("STEWARD_DOCUMENT_MB", "20", "The largest document a contract may hold, in megabytes."),
    Setting("STEWARD_IMPORT_MB", "20", "The largest file that is imported, in megabytes."),
    Setting("STEWARD_LOG_FORMAT", "text", "text for people, json for machines."),
    Setting(
        "STEWARD_TRUST_PROXY",
        "no",
        "yes when a reverse proxy that sets X-Forwarded-Proto and X-Forwarded-For stands before.",
    ),
)
# A document is one value of the database, held in memory while it is written and read.
MOST_MEGABYTES = 200
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def value(name: str) -> str:
    return os.environ.get(name, "").strip() or _DEFAULTS[name]


def document_bytes() -> int:
    text = value("STEWARD_DOCUMENT_MB")
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) <= MOST_MEGABYTES:
        raise ImproperlyConfigured(
            f"STEWARD_DOCUMENT_MB must be a whole number from 1 to {MOST_MEGABYTES}."
        )
    return int(text) * 1024 * 1024


def data_dir() -> Path:
    folder = Path(value("STEWARD_DATA_DIR")).expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    given = value("STEWARD_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("STEWARD_SECRET_KEY is too short: 32 characters at least.")
        return given
    return _kept_key(folder / "secret_key")


def _kept_key(file: Path) -> str:
    """Two processes may start at once; the one that comes second reads the first one's key."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as opened:
        opened.write(key := secrets.token_urlsafe(48))
    return key


def database(folder: Path) -> dict[str, Any]:
    return database_of(value("STEWARD_DATABASE_URL") or f"sqlite:///{folder / 'steward.sqlite3'}")


def database_of(url: str) -> dict[str, Any]:
    """Django's settings for the database at that address."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/") or "steward.sqlite3")))
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(parts)
    raise ImproperlyConfigured(
        "STEWARD_DATABASE_URL must begin with sqlite:/// or postgresql://; "
        f"{parts.scheme or 'nothing'}:// is not known."
    )


def _sqlite(file: Path) -> dict[str, Any]:
    """Writers queue for the lock when they begin, so none fails half-way for want of it. The log
    may grow to 8,000 pages (32 MB) before it is copied into the file: in a sync many pages are
    written over and over, and each is then copied once."""
    return {
        "ENGINE": "steward.inventory.sqlite",
        "NAME": str(file),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; "
                "PRAGMA wal_autocheckpoint=8000"
            ),
        },
    }


def _postgresql(parts: Any) -> dict[str, Any]:
    """Compiling a query takes longer than most of ours run, so the server is asked not to."""
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options.setdefault("options", "-c jit=off")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "steward",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def work_database(main: dict[str, Any], folder: Path) -> str:
    """Where DBOS keeps its queues: beside the data on SQLite, in the same database else."""
    if main["ENGINE"].endswith("sqlite"):
        return f"sqlite:///{Path(main['NAME']).with_suffix('.work.sqlite3')}"
    return value("STEWARD_DATABASE_URL").replace("postgres://", "postgresql://", 1)


def import_bytes() -> int:
    text = value("STEWARD_IMPORT_MB")
    if not text.isdecimal() or not 0 < int(text) <= 1024:
        raise ImproperlyConfigured("STEWARD_IMPORT_MB must be a whole number from 1 to 1024.")
    return int(text) * 1024**2


def export_dir() -> Path | None:
    """Not made here: a folder that is not there is a disk that is not mounted."""
    text = value("STEWARD_EXPORT_DIR")
    return Path(text).expanduser().resolve() if text else None


def email() -> dict[str, Any]:
    """Django's mail settings."""
    url = value("STEWARD_EMAIL_URL")
    if not url:
        return {"STEWARD_EMAIL": False}
    parts, options = urlsplit(url), parse_qs(urlsplit(url).query)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ImproperlyConfigured("STEWARD_EMAIL_URL must look like smtp://HOST:PORT.")
    tls = options.get("tls", ["no"])[-1]
    return {
        "STEWARD_EMAIL": True,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"tls": 465, "starttls": 587}.get(tls, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": tls == "starttls",
        "EMAIL_USE_SSL": tls == "tls",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": options.get("from", [f"steward@{parts.hostname}"])[-1],
    }
