"""Findings for pages, reports, the API and commands: narrowing, counting, facts and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from steward.insight.facts import Facts, moment_text
from steward.insight.findings.catalogue import BY_SLUG, RULES, title_of
from steward.insight.findings.knowing import NEEDS
from steward.insight.findings.rule import Rule
from steward.insight.memory import remembered
from steward.inventory.edit import Edit
from steward.inventory.finding import (
    CRITICAL,
    HIGH,
    LOW,
    SEVERITIES,
    Finding,
    FindingsTold,
    severity_word,
)
from steward.inventory.instance import Instance

# In place of a severity, for both of the gravest; of a state, for all of them.
GRAVE, ALL = "grave", "all"


def findings() -> Any:
    return Finding.objects.present()


def narrowed(rows: Any, asked: Mapping[str, Any]) -> Any:
    """`asked` holds any of the words of `_NARROWS`."""
    for name, condition in _NARROWS.items():
        if value := asked.get(name):
            rows = rows.filter(condition(value))
    return rows


def levels(severity: str) -> list[int]:
    if severity == GRAVE:
        return [HIGH, CRITICAL]
    return [SEVERITIES.index(severity) + LOW]


def _of_state(state: str) -> Q:
    return Q() if state == ALL else Q(state=state)


def _number(text: Any) -> int:
    """0, which nothing has, for what is no number."""
    said = str(text)
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0


def _of_application(text: Any) -> Q:
    """Itself, or accounts of its instances."""
    number = _number(text)
    books = Instance.objects.present().filter(application=number)
    return Q(application=number) | Q(instance__in=list(books.values_list("book", flat=True)))


def _of_instance(text: Any) -> Q:
    books = Instance.objects.present().filter(pk=_number(text))
    return Q(instance__in=list(books.values_list("book", flat=True)))


_NARROWS: dict[str, Callable[[Any], Q]] = {
    "rule": lambda rule: Q(rule=rule),
    "severity": lambda severity: Q(severity__in=levels(severity)),
    "state": _of_state,
    "application": _of_application,
    "instance": _of_instance,
    "account": lambda number: Q(account=_number(number)),
    "person": lambda number: Q(account__person=_number(number)),
    "q": lambda text: Q(name__icontains=text) | Q(said__icontains=text),
}


def open_of(**asked: Any) -> list[Finding]:
    """Those of one account, person or application that are open or accepted, the gravest first."""
    rows = narrowed(findings(), asked).exclude(state=Finding.ENDED)
    return list(rows.select_related("instance").order_by("-severity", "-pk")[:MOST])


MOST = 20


@dataclass(frozen=True)
class Standing:
    """How many findings of a rule are open, how many of these are high or critical, and how many
    are accepted. `unasked` are sentences on where the rule could not be asked."""

    rule: Rule
    open: int
    grave: int
    accepted: int
    severity: int
    unasked: tuple[str, ...]

    @property
    def word(self) -> str:
        return severity_word(self.severity)

    def facts(self) -> Facts:
        return {
            **self.rule.facts(),
            "open": self.open,
            "accepted": self.accepted,
            "not_asked": list(self.unasked),
        }


def standings() -> list[Standing]:
    """Of every rule, the gravest first; the severity is that of its gravest open finding, where it
    has any."""
    counted, silent = _counts(), unasked()
    found = [_standing(rule, counted, silent[rule.slug]) for rule in RULES]
    return sorted(found, key=lambda standing: -standing.severity)


def _standing(
    rule: Rule, counted: Mapping[tuple[str, str, int], int], silent: tuple[str, ...]
) -> Standing:
    mine = {(state, level): n for (slug, state, level), n in counted.items() if slug == rule.slug}
    opened = {level: n for (state, level), n in mine.items() if state == Finding.OPEN}
    accepted = sum(n for (state, _), n in mine.items() if state == Finding.ACCEPTED)
    gravest = max(opened, default=rule.severity)
    grave = sum(n for level, n in opened.items() if level >= HIGH)
    return Standing(rule, sum(opened.values()), grave, accepted, gravest, silent)


def unasked(instance: int | None = None) -> dict[str, tuple[str, ...]]:
    """By rule, sentences on where it cannot be asked; of one instance, or of all."""
    rows = Instance.objects.present()
    rows = rows if instance is None else rows.filter(pk=instance)
    names = dict(rows.values_list("pk", "name"))
    told = FindingsTold.get().unasked
    found = {}
    for rule in RULES:
        said = (_unasked(need, where, names) for need, where in told.get(rule.slug, {}).items())
        found[rule.slug] = tuple(sentence for sentence in said if sentence)
    return found


def _unasked(need: str, where: list[int], names: Mapping[int, str]) -> str:
    if not where:
        return NEEDS[need]
    known = sorted(names[number] for number in where if number in names)
    return f"{NEEDS[need]}: {', '.join(known)}." if known else ""


def open_by(rule: str) -> int:
    return sum(
        count
        for (slug, state, _), count in _counts().items()
        if slug == rule and state == Finding.OPEN
    )


def by_severity() -> dict[str, int]:
    """How many are open, the gravest first."""
    found = dict.fromkeys(reversed(SEVERITIES), 0)
    for (_, state, level), count in _counts().items():
        if state == Finding.OPEN:
            found[severity_word(level)] += count
    return found


def _counts() -> dict[tuple[str, str, int], int]:
    counted: dict[tuple[str, str, int], int] = remembered(("findings",), _counted)
    return counted


def _counted() -> dict[tuple[str, str, int], int]:
    rows = findings().exclude(state=Finding.ENDED).order_by()
    by = rows.values_list("rule", "state", "severity").annotate(count=Count("pk"))
    return {(rule, state, severity): count for rule, state, severity, count in by}


def is_told() -> bool:
    return FindingsTold.get().told_at is not None


def facts_of(rows: Iterable[Finding]) -> Iterable[Facts]:
    """Rows with `account` and `instance`."""
    return (_facts(row) for row in rows)


def with_all(rows: Any) -> Any:
    return rows.select_related("account", "instance")


def _facts(row: Finding) -> Facts:
    rule = BY_SLUG.get(row.rule)
    there = row.account_id and row.instance
    return {
        "id": row.pk,
        "rule": row.rule,
        "title": title_of(row.rule),
        "severity": severity_word(row.severity),
        "state": row.state,
        "name": row.name,
        "said": row.said,
        "evidence": row.evidence,
        "account": row.account_id,
        "person": row.account.person_id if there else None,
        "instance": row.instance.pk if row.instance else None,
        "application": row.application_id
        or (row.instance.application_id if row.instance else None),
        "found_at": moment_text(row.found_at),
        "ended_at": moment_text(row.ended_at),
        "accepted_until": row.accepted_until.isoformat() if row.accepted_until else None,
        "reason": row.reason or None,
        "accepted_by": row.accepted_by or None,
        "accepted_at": moment_text(row.accepted_at),
        "todo": rule.todo if rule else "",
    }


def evidence_of(row: Finding) -> list[tuple[str, str]]:
    """The facts with their names, as a person would write them."""
    return [
        (name.removesuffix("_at").replace("_", " ").capitalize(), _written(name, value))
        for name, value in row.evidence.items()
    ]


def _written(name: str, value: Any) -> str:
    if value is None:
        return "never" if name == "last_active_at" else "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith(("_at", "_since")):
        return f"{datetime.fromisoformat(value):%-d %B %Y}"
    return str(value)


_WHAT = {
    "accepted": "Accepted",
    "withdrawn": "Acceptance taken back",
    "lapsed": "The acceptance came to its end",
    "graver": "Open again, as it is graver than what was accepted",
    "returned": "Found again, after it was over",
}


@dataclass(frozen=True)
class Line:
    edit: Edit

    @property
    def sentence(self) -> str:
        said = _WHAT.get(self.edit.what, self.edit.what)
        until = self.edit.after.get("accepted_until")
        return f"{said} until {date.fromisoformat(until):%-d %B %Y}" if until else said

    @property
    def comment(self) -> str:
        return str(self.edit.after.get("reason") or "")

    def facts(self) -> Facts:
        edit = self.edit
        return {
            "at": moment_text(edit.at),
            "by": edit.by,
            "what": edit.what,
            "said": self.sentence,
            "reason": self.comment or None,
        }


def history(row: Finding, most: int = 50) -> list[Line]:
    """What was done with it, newest first."""
    edits = Edit.objects.filter(kind="finding", object=row.pk).order_by("-pk")
    return [Line(edit) for edit in edits[:most]]
