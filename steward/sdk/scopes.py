"""What the scopes of third-party apps mean, as each integration's `scopes.toml` says.

    scopes = [{name = "mail.read", risk = "high", means = "Read all mail.", why = "…"}]

    [[revoke]]
    heading = "From one person's account"
    link = "https://admin.vendor.example/users"
    steps = ["Open …", "Choose …"]

A name may hold `*` for any letters; one without counts before all that have some, and of these the
longest. A scope that stands in no line is not known, and has no risk that anybody could name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FILE = "scopes.toml"
RISKS = ("low", "medium", "high", "critical")
NOT_KNOWN, LOW, MEDIUM, HIGH, CRITICAL = range(5)


@dataclass(frozen=True)
class Meaning:
    name: str
    risk: str
    means: str
    why: str

    @property
    def level(self) -> int:
        """From 1, low, to 4, critical."""
        return RISKS.index(self.risk) + 1


@dataclass(frozen=True)
class Way:
    """One way of taking access back at the vendor: steps, and the page on which they begin."""

    heading: str
    link: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class ForAll:
    """How an app comes to reach everybody's data: as a sentence, and what is said before the name
    of whoever did it. Where members may do so themselves, no administrator has agreed."""

    sentence: str = "An administrator has agreed for everybody."
    by: str = "consented by"


@dataclass(frozen=True)
class Knowledge:
    meanings: tuple[Meaning, ...] = ()
    revoking: tuple[Way, ...] = ()
    _found: dict[str, Meaning | None] = field(default_factory=dict, compare=False)

    def of(self, scope: str) -> Meaning | None:
        """None for one that is not known."""
        if scope not in self._found:
            self._found[scope] = self._exact.get(key_of(scope)) or self._by_pattern(key_of(scope))
        return self._found[scope]

    def level(self, scope: str) -> int:
        meaning = self.of(scope)
        return meaning.level if meaning else NOT_KNOWN

    @cached_property
    def _exact(self) -> Mapping[str, Meaning]:
        return {key_of(m.name): m for m in self.meanings if "*" not in m.name}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Meaning]]:
        made = [m for m in self.meanings if "*" in m.name]
        made.sort(key=lambda m: len(m.name), reverse=True)
        return [(re.compile(".*".join(map(re.escape, key_of(m.name).split("*")))), m) for m in made]

    def _by_pattern(self, key: str) -> Meaning | None:
        return next((m for pattern, m in self._patterns if pattern.fullmatch(key)), None)


def key_of(scope: str) -> str:
    """Vendors give one scope in different cases, and with or without a slash at its end."""
    return scope.strip().rstrip("/").casefold()


def for_all(level: int) -> int:
    """What reaches everybody's data is graver than the same for one; who signs in is not."""
    return min(level + 1, CRITICAL) if level >= MEDIUM else level


@cache
def read(folder: Path) -> Knowledge:
    """Of the folder of an integration; empty where it has none."""
    file = folder / FILE
    return parse(file.read_text(encoding="utf-8")) if file.exists() else Knowledge()


def parse(text: str) -> Knowledge:
    said: dict[str, Any] = tomllib.loads(text)
    meanings = tuple(Meaning(**one) for one in said.get("scopes", ()))
    ways = (Way(w["heading"], w["link"], tuple(w["steps"])) for w in said.get("revoke", ()))
    return Knowledge(meanings, tuple(ways))


def problems(knowledge: Knowledge) -> Iterator[str]:
    """What is wrong with a file, in sentences; the contract tests ask."""
    keys = [key_of(m.name) for m in knowledge.meanings]
    yield from (f"{key} is there twice." for key in sorted({k for k in keys if keys.count(k) > 1}))
    for meaning in knowledge.meanings:
        if meaning.risk not in RISKS:
            yield f"{meaning.name} has the risk {meaning.risk}; there are {', '.join(RISKS)}."
        for sentence in (meaning.means, meaning.why):
            if not _is_sentence(sentence):
                yield f"{meaning.name}: {sentence!r} is no whole sentence."
    if not knowledge.revoking:
        yield "Nothing says how access is taken back."
    for way in knowledge.revoking:
        if not way.link.startswith("https://") or not way.steps:
            yield f"{way.heading} needs a link and steps."
        yield from (f"{step!r} is no whole sentence." for step in way.steps if not _ends(step))


def _is_sentence(text: str) -> bool:
    return _ends(text) and text[:1].isupper() and "  " not in text


def _ends(text: str) -> bool:
    return text.endswith(".") and not text.endswith("..") and text == text.strip()
