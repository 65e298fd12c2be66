"""Third-party access: what apps may do, in plain words, how risky that is, and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef

from steward.insight.access_filters import within, word
from steward.insight.facts import Facts, moment_text
from steward.inventory.access import ApplicationAccess, ScopeAccess
from steward.inventory.application import Application
from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations, scopes_known_by
from steward.sdk.scopes import HIGH, Meaning, Way

LATELY = 7
AT_ONCE = 1_000


def applications_with_access() -> Any:
    """Those that hold any access in an instance that is there, with the application."""
    books = Instance.objects.present().values("book")
    held = ScopeAccess.objects.filter(application=OuterRef("pk"), book__in=books)
    rows = ApplicationAccess.objects.filter(application__merged_into=None)
    return rows.select_related("application").filter(Exists(held))


def new_risky(days: int = LATELY) -> list[ApplicationAccess]:
    """Applications that came to hold high or critical access in the last days, and that nobody has
    approved; the gravest first."""
    rows = applications_with_access().filter(level__gte=HIGH, risky_at__gte=within(days))
    rows = rows.exclude(application__status="approved")
    return list(rows.order_by("-level", "-risky_at", "pk"))


@dataclass(frozen=True)
class HeldScope:
    """A scope of one integration. `meaning` is None where nobody has told Steward."""

    name: str
    integration: str
    meaning: Meaning | None
    level: int
    grants: int
    for_all: bool
    applications: frozenset[int]

    @property
    def risk(self) -> str:
        return word(self.level)

    @property
    def vendor(self) -> str:
        connector = integrations().get(self.integration)
        return connector.name if connector else self.integration

    @property
    def means(self) -> str:
        if self.meaning:
            return self.meaning.means
        return "Not known to Steward." if self.name else "Nobody says what it may do."

    def facts(self) -> Facts:
        return {
            "scope": self.name,
            "integration": self.integration,
            "known": self.meaning is not None,
            "means": self.means if self.meaning else None,
            "risk": self.risk,
            "why": self.meaning.why if self.meaning else None,
            "for_everybody": self.for_all,
            "applications": len(self.applications),
            "grants": self.grants,
        }


def held_scopes(application: int | None = None) -> list[HeldScope]:
    """By integration and scope, the gravest first; those of one application, or of all."""
    places = dict(Instance.objects.present().values_list("book", "integration"))
    rows = ScopeAccess.objects.filter(book__in=list(places), application__merged_into=None)
    if application is not None:
        rows = rows.filter(application=application)
    found: dict[tuple[str, str], HeldScope] = {}
    for row in rows.order_by("pk"):
        integration = places[row.book]
        one = HeldScope(
            row.scope,
            integration,
            scopes_known_by(integration).of(row.scope),
            row.level,
            row.grants,
            row.for_all,
            frozenset({row.application_id}),
        )
        key = (integration, row.scope)
        found[key] = _joined(found[key], one) if key in found else one
    return sorted(found.values(), key=lambda s: (-s.level, s.integration, s.name))


def _joined(one: HeldScope, other: HeldScope) -> HeldScope:
    return replace(
        one,
        level=max(one.level, other.level),
        grants=one.grants + other.grants,
        for_all=one.for_all or other.for_all,
        applications=one.applications | other.applications,
    )


def ways_for_all(applications: Sequence[int]) -> dict[int, list[str]]:
    """How each came to reach everybody's data, in the words of the integrations it does so in."""
    rows = ScopeAccess.objects.filter(application__in=applications, for_all=True).order_by("pk")
    places = dict(Instance.objects.present().values_list("book", "integration"))
    found: dict[int, dict[str, None]] = {}
    for application, book in rows.values_list("application", "book"):
        connector = integrations().get(places.get(book, ""))
        if connector:
            found.setdefault(application, {})[connector.for_all.sentence] = None
    return {application: list(said) for application, said in found.items()}


@dataclass(frozen=True)
class Access:
    """What is told of one application, and what that means. `everybody` is of
    `ways_for_all`."""

    row: ApplicationAccess
    everybody: Sequence[str]

    @property
    def application(self) -> Application:
        return self.row.application

    @property
    def risk(self) -> str:
        return word(self.row.level)

    @property
    def sentence(self) -> str:
        """Why it is as risky as it is."""
        parts = [self._because, *self.everybody, self._unknown]
        return " ".join(part for part in parts if part)

    @property
    def _because(self) -> str:
        row = self.row
        meaning = scopes_known_by(row.integration).of(row.because) if row.level else None
        if meaning is not None:
            return f"{meaning.means} {meaning.why}"
        if row.scopes:
            return "Steward knows none of its scopes, so no risk is named."
        return "Nobody says what it may do, so no risk is named."

    @property
    def _unknown(self) -> str:
        count = self.row.unknown_scopes
        if not count or not self.row.level:
            return ""
        return f"{count} of its scopes {'is' if count == 1 else 'are'} not known to Steward."

    @cached_property
    def scopes(self) -> list[HeldScope]:
        return held_scopes(self.application.pk)

    @property
    def ways(self) -> list[tuple[str, tuple[Way, ...]]]:
        """How to take the access back, at each vendor where it has any."""
        slugs = dict.fromkeys(scope.integration for scope in self.scopes)
        return [(integrations()[s].name, scopes_known_by(s).revoking) for s in slugs]

    def facts(self) -> Facts:
        row, said = self.row, self.application
        return {
            "application": said.pk,
            "name": said.name,
            "publisher": row.publisher or None,
            "verified": row.verified,
            "risk": self.risk,
            "why": self.sentence,
            "for_everybody": row.for_all,
            "people": row.people,
            "scopes": row.scopes,
            "unknown_scopes": row.unknown_scopes,
            "first_seen_at": moment_text(row.first_at),
            "newest_at": moment_text(row.newest_at),
            "last_used_at": moment_text(row.last_used_at),
            "status": said.status,
        }

    def all_facts(self) -> Facts:
        return {
            **self.facts(),
            "held": [scope.facts() for scope in self.scopes],
            "revoking": [
                {"vendor": vendor, "heading": w.heading, "link": w.link, "steps": list(w.steps)}
                for vendor, ways in self.ways
                for w in ways
            ],
        }


def access_of(application: int) -> Access | None:
    row = applications_with_access().filter(pk=application).first()
    return next(accesses([row])) if row else None


def accesses(rows: Iterable[ApplicationAccess]) -> Iterator[Access]:
    """Some at a time, so that what is told of their grants is one question for many."""
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        ways = ways_for_all([row.application_id for row in some if row.for_all])
        yield from (Access(row, ways.get(row.application_id, ())) for row in some)


def facts_of_all(rows: Iterable[ApplicationAccess]) -> Iterable[Facts]:
    return (access.facts() for access in accesses(rows))
