"""What holds of every integration, whoever wrote it. A folder is held to it by existing.

An integration that speaks HTTP brings `conversation.json`: settings, a credential, the exchanges
of one whole read, and what they amount to. It is replayed by a real server; see
tests/integrations/test_contract.py. Everything here is a pure check that gives sentences.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from steward.sdk import scopes
from steward.sdk.catalogue import folder_of, integrations
from steward.sdk.connector import Connector, Page
from steward.sdk.fields import Field
from steward.sdk.records import STREAMS, Charge, Record

_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_SECRET = re.compile(r"(token|secret|password|private_key|(^|_)key)$")
SHORTEST_GUIDE = 300


def check_folder(slug: str) -> list[str]:
    """What is wrong with the folder itself; nothing, one hopes."""
    connector, folder = integrations()[slug], folder_of(slug)
    return [
        *_about(connector),
        *_fields(connector),
        *_scopes(connector),
        *_consents(connector),
        *_guide(connector, folder),
        *_icon(folder),
        *_grant_scopes(connector, folder),
        *_conversation(connector, folder),
    ]


def _about(connector: type[Connector]) -> Iterable[str]:
    if not _SLUG.fullmatch(connector.slug):
        yield f"The slug {connector.slug!r} is not made of small letters, digits and _."
    for name in ("name", "summary", "category"):
        if not getattr(connector, name, "").strip():
            yield f"`{name}` is empty."
    if "accounts" not in connector.streams():
        yield "`accounts` is not read; without accounts nothing can be joined to anybody."
    if not connector.for_all.sentence.endswith("."):
        yield "`for_all` says how an app comes to reach everybody's data in no whole sentence."
    if not connector.auth:
        yield "There is no way to sign in."


def _fields(connector: type[Connector]) -> Iterable[str]:
    groups: list[tuple[str, tuple[Field, ...]]] = [("settings", connector.settings)]
    groups += [(option.name, option.fields) for option in connector.auth]
    for group, fields in groups:
        for name, count in Counter(f.name for f in fields).items():
            if count > 1:
                yield f"{group}.{name} is there twice."
        for f in fields:
            yield from _field(group, f)


def _field(group: str, f: Field) -> Iterable[str]:
    if not _FIELD.fullmatch(f.name):
        yield f"{group}: {f.name!r} is no field name."
    if _SECRET.search(f.name) and not f.secret and group != "settings":
        yield f"{group}.{f.name} looks like a secret and is not marked as one."
    if f.secret and group == "settings":
        yield f"settings.{f.name} is secret; secrets belong to a way to sign in."
    if f.kind == "choice" and not f.choices:
        yield f"{group}.{f.name} has no choices."
    if f.pattern and not f.pattern_hint:
        yield f"{group}.{f.name} has a pattern and no sentence for what does not match it."


def _scopes(connector: type[Connector]) -> Iterable[str]:
    for option in connector.auth:
        for scope in option.scopes:
            if not scope.why.strip():
                yield f"{option.name}: nobody is told what {scope.name} is for."
            for stream in set(scope.streams) - set(STREAMS):
                yield f"{option.name}: {scope.name} names an unknown stream {stream!r}."


def _consents(connector: type[Connector]) -> Iterable[str]:
    known = {field.name for field in connector.settings}
    for option in connector.auth:
        if option.consent:
            addresses = (option.consent.authorize_url, option.consent.token_url)
            for name in re.findall(r"{(\w+)}", " ".join((*addresses, option.consent.issuer))):
                if name not in known:
                    yield f"{option.name}: an address of the consent holds {{{name}}}, no setting."


def _guide(connector: type[Connector], folder: Path) -> Iterable[str]:
    file = folder / "guide.md"
    if not file.is_file():
        yield "There is no guide.md."
        return
    text = file.read_text()
    if not text.startswith("# "):
        yield "guide.md does not begin with a heading."
    if len(text) < SHORTEST_GUIDE:
        yield "guide.md is too short to lead anybody to a credential."
    for option in connector.auth:
        for scope in option.scopes:
            if scope.name not in text:
                yield f"guide.md does not speak of the scope {scope.name}."


def _icon(folder: Path) -> Iterable[str]:
    file = folder / "icon.svg"
    if not file.is_file():
        yield "There is no icon.svg."
        return
    text = file.read_text()
    if re.search(r"<script|\bon\w+=|href=[\"']https?:|<!ENTITY", text, re.IGNORECASE):
        yield "icon.svg holds something that runs or fetches."
    elif not ET.fromstring(text).tag.endswith("svg"):  # noqa: S314 (checked above)
        yield "icon.svg is no SVG."


def _grant_scopes(connector: type[Connector], folder: Path) -> Iterable[str]:
    if (folder / scopes.FILE).is_file():
        yield from (f"{scopes.FILE}: {said}" for said in scopes.problems(scopes.read(folder)))
    elif "grants" in connector.streams():
        yield f"There is no {scopes.FILE} to say what apps may do that were let in."


def _conversation(connector: type[Connector], folder: Path) -> Iterable[str]:
    has = (folder / "conversation.json").is_file()
    if connector.speaks == "http" and not has:
        yield "There is no conversation.json for the contract tests to replay."


@dataclass(frozen=True)
class Conversation:
    """`now` is when it was recorded, for those who ask for the last days."""

    settings: dict[str, Any]
    credentials: dict[str, Any]
    auth: str
    exchanges: list[dict[str, Any]]
    expect: dict[str, Any]
    now: datetime

    @classmethod
    def of(cls, slug: str) -> Conversation:
        told = json.loads((folder_of(slug) / "conversation.json").read_text())
        return cls(
            told["settings"],
            told["credentials"],
            told.get("auth", ""),
            told["exchanges"],
            told.get("expect", {}),
            datetime.fromisoformat(told["now"]) if "now" in told else datetime.now(UTC),
        )


def read_all(connector: Connector, stream: str, after: Any = None) -> list[Page[Any]]:
    return list(getattr(connector, stream)(after))


def check_pages(stream: str, pages: Iterable[Page[Any]]) -> list[str]:
    """Records of the right kinds, told apart by their ids, with times that have a zone."""
    pages = list(pages)
    records = [record for page in pages for record in page.records]
    wrong = [
        f"{type(r).__name__} does not belong to {stream}."
        for r in records
        if type(r) not in STREAMS[stream]
    ]
    wrong += [
        f"{kind} {name!r} is there {count} times."
        for (kind, name), count in Counter(_names(records)).items()
        if count > 1
    ]
    if stream != "accounts" and any(page.changes or page.gone for page in pages):
        wrong.append(f"Of {stream} all must be read, not changes.")
    return wrong + [said for record in records for said in (*_times(record), *_money(record))]


def _names(records: Iterable[Record]) -> Iterable[tuple[str, str]]:
    return ((type(r).__name__, r.id) for r in records if hasattr(r, "id"))


def _times(record: Record) -> Iterable[str]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, datetime) and value.utcoffset() is None:
            yield f"{type(record).__name__}.{name} has no time zone."


def _money(record: Record) -> Iterable[str]:
    """What was paid is exact: no float, no time for a day, no word for a code."""
    if not isinstance(record, Charge):
        return
    if not isinstance(record.amount, Decimal) or not record.amount.is_finite():
        yield f"Charge {record.id}: the amount {record.amount!r} is no finite Decimal."
    if not re.fullmatch("[A-Z]{3}", record.currency):
        yield f"Charge {record.id}: {record.currency!r} is no currency's code."
    if type(record.day) is not date:
        yield f"Charge {record.id}: {record.day!r} is no day."
    if not record.vendor.strip():
        yield f"Charge {record.id} names no vendor."


def resumes(
    make: Callable[[], Connector], stream: str, pages: list[Page[Any]], enough: int = 5
) -> list[str]:
    """Going on from a page's cursor on another machine gives just what was left to read."""
    wrong = []
    for number, page in list(enumerate(pages))[:enough]:
        if page.cursor is None or number == len(pages) - 1:
            continue
        rest = read_all(make(), stream, page.cursor)
        left = [r for p in pages[number + 1 :] for r in p.records]
        if [r for p in rest for r in p.records] != left:
            wrong.append(f"{stream} does not go on rightly after page {number + 1}.")
    return wrong
