"""Contracts as they stand today: what is in force, what renews when, what has renewed by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)

from steward.insight.facts import Facts, moment_text
from steward.insight.provenance import Provenance, age
from steward.inventory import money, terms
from steward.inventory.contract import Contract, ContractLine, Document
from steward.inventory.edit import Edit
from steward.inventory.person import Person
from steward.inventory.terms import Term

KINDS = ("contract", "contract_line", "document")
STANDINGS = (
    ("active", "In force"),
    ("upcoming", "Not begun"),
    ("ending", "In force, will end"),
    ("expired", "Run out"),
    ("ended", "Ended"),
)
NOTICE_SOON, NOTICE_PASSED, ROLLED = "notice-soon", "notice-passed", "renewed-itself"
SOON = 30
_DATES = ("starts_on", "ends_on", "notice_on")
NOTES = (
    (NOTICE_PASSED, "Notice date has passed"),
    (ROLLED, "Has renewed by itself"),
)


class DayAfter(Func):
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="date(%(expressions)s, '+1 day')", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s + 1)", **more)


def contracts(day: date | None = None) -> Any:
    """With the term that stands on that day. What came by itself was told of each (see `terms`);
    of the few whose day has just come it is told to the database here."""
    day = day or terms.today()
    untold = {c.pk: terms.term_of(c, day) for c in Contract.objects.filter(terms.untold(day))}
    rows = Contract.objects.annotate(
        **{f"term_{name}": _term(name, day, untold) for name in _DATES}
    )
    return rows.annotate(standing=_standing(day), seats=_seats()).annotate(
        renews_on=Case(When(standing__in=("active", "upcoming"), then=DayAfter(F("term_ends_on")))),
        note=Case(
            When(terms.has_rolled(day), then=Value(ROLLED)),
            When(_notice_passed(day), then=Value(NOTICE_PASSED)),
            default=Value(""),
            output_field=CharField(),
        ),
    )


def _seats() -> Subquery:
    lines = ContractLine.objects.filter(contract=OuterRef("pk")).order_by().values("contract")
    return Subquery(lines.annotate(sum=Sum("seats")).values("sum"))


def _notice_passed(day: date) -> Q:
    """Too late for this term: it renews."""
    return Q(standing="active", auto_renews=True, term_notice_on__lt=day)


def _term(name: str, day: date, untold: dict[int, Term]) -> Case:
    anew = [When(pk=pk, then=Value(getattr(term, name))) for pk, term in untold.items()]
    told = When(terms.has_rolled(day), then=F(f"rolled_{name}"))
    return Case(*anew, told, default=F(name), output_field=DateField())


def _standing(day: date) -> Case:
    """The same as `terms.standing`, in the database's words."""
    return Case(
        When(ended_on__lte=day, then=Value("ended")),
        When(ended_on__isnull=False, then=Value("ending")),
        When(Q(began_on__gt=day) | Q(began_on=None, starts_on__gt=day), then=Value("upcoming")),
        When(ends_on__lt=day, auto_renews=False, then=Value("expired")),
        default=Value("active"),
        output_field=CharField(),
    )


def renewing_within(rows: Any, days: int, day: date | None = None) -> Any:
    """Those that renew, or are over unless somebody renews them, in the days to come."""
    day = day or terms.today()
    last = date.fromordinal(day.toordinal() + days)
    in_force = rows.filter(standing__in=("active", "upcoming"))
    return in_force.filter(term_ends_on__gte=day, term_ends_on__lt=last)


def notice_within(rows: Any, days: int, day: date | None = None) -> Any:
    """Those of which somebody must say soon that they are not to renew."""
    day = day or terms.today()
    last = date.fromordinal(day.toordinal() + days)
    return rows.filter(standing="active", term_notice_on__gte=day, term_notice_on__lte=last)


def of_application(application: int) -> Any:
    """What was merged into it counts as it."""
    mine = Q(application=application) | Q(application__merged_into=application)
    return contracts().filter(mine)


@dataclass(frozen=True)
class Ahead:
    """A day on which something about a contract is due. `kind` is notice, renews (by itself) or
    ends (unless somebody renews it, or for good)."""

    day: date
    kind: str
    contract: Any
    term: Term

    @property
    def word(self) -> str:
        return {"notice": "Notice by", "renews": "Renews", "ends": "Ends"}[self.kind]


def ahead(first: date, last: date) -> list[Ahead]:
    """All that is due from one day to another, those days too, in order."""
    day = terms.today()
    some = Q(term_ends_on__range=(first - terms.DAY, last)) | Q(ended_on__range=(first, last))
    some |= Q(term_notice_on__range=(first, last))
    rows = contracts(day).exclude(standing="ended").filter(some).select_related("owner")
    found = [due for row in rows for due in _due(row, terms.term_of(row, day))]
    found = [due for due in found if first <= due.day <= last]
    return sorted(found, key=lambda due: (due.day, due.kind != "notice", due.contract.name))


def _due(row: Any, term: Term) -> Iterable[Ahead]:
    if row.ended_on is not None:
        yield Ahead(row.ended_on, "ends", row, term)
        return
    if term.notice_on is not None and row.standing != "expired":
        yield Ahead(term.notice_on, "notice", row, term)
    if term.renews_on is not None and row.auto_renews:
        yield Ahead(term.renews_on, "renews", row, term)
    elif term.ends_on is not None:
        yield Ahead(term.ends_on, "ends", row, term)


def facts_of(row: Any, with_money: bool) -> Facts:
    """Of a row of `contracts()`. Without money there are no amounts, notes and documents."""
    term = Term(row.term_starts_on, row.term_ends_on, row.term_notice_on)
    return {
        "id": row.pk,
        "name": row.name,
        "vendor": row.vendor,
        "reference": row.reference,
        "application": row.application_id,
        "owner": row.owner_id,
        "status": row.standing,
        "note": row.note or None,
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
        "notice_on": _day(row.notice_on),
        "auto_renews": row.auto_renews,
        "renews_for_months": row.renews_for_months,
        "term": {
            "starts_on": _day(term.starts_on),
            "ends_on": _day(term.ends_on),
            "notice_on": _day(term.notice_on),
        },
        "renews_on": _day(row.renews_on),
        "ended_on": _day(row.ended_on),
        "value": amount_text(row.value, row.currency) if with_money else None,
        "currency": row.currency or None,
        "seats": row.seats,
        "notes": row.notes if with_money else None,
        "created_at": moment_text(row.created_at),
    }


def whole_facts_of(row: Any, with_money: bool) -> Facts:
    """With its lines, documents and the reminders that were sent."""
    documents = row.documents.defer("content").order_by("name", "pk") if with_money else ()
    return {
        **facts_of(row, with_money),
        "lines": [of_line(line, row, with_money) for line in lines_of(row)],
        "documents": [of_document(document) for document in documents],
        "reminders": [
            {"kind": r.kind, "day": _day(r.day), "at": moment_text(r.at)}
            for r in row.reminders.order_by("-pk")
        ],
    }


def of_due(due: Ahead, with_money: bool) -> Facts:
    row = due.contract
    return {
        "day": due.day.isoformat(),
        "kind": due.kind,
        "contract": row.pk,
        "name": row.name,
        "vendor": row.vendor,
        "value": amount_text(row.value, row.currency) if with_money else None,
        "currency": row.currency or None,
    }


def lines_of(contract: Contract) -> Any:
    rows = contract.lines.select_related("licence", "licence__application")
    return rows.order_by("licence__name", "pk")


def of_line(line: ContractLine, contract: Contract, with_money: bool) -> Facts:
    return {
        "id": line.pk,
        "license": line.licence_id,
        "name": line.licence.name,
        "application": line.licence.application_id,
        "seats": line.seats,
        "amount": amount_text(line.amount, contract.currency) if with_money else None,
        "months": line.months,
    }


def of_document(document: Document) -> Facts:
    return {
        "id": document.pk,
        "name": document.name,
        "size": document.size,
        "sha256": document.sha256,
        "by": document.by,
        "at": moment_text(document.at),
    }


def amount_text(amount: Any, currency: str) -> str | None:
    return None if amount is None else money.plain(amount, currency)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def owner_of(contract: Contract) -> Person | None:
    """Who they are by now, should they have been merged since."""
    return contract.owner.now() if contract.owner else None


def by_hand() -> Provenance:
    """Contracts are entered, not read."""
    edits = Edit.objects.filter(kind__in=KINDS)
    newest = Edit.objects.filter(pk=edits.aggregate(max=Max("pk"))["max"]).first()
    if newest is None:
        return Provenance((), None, None, said="Contracts are entered by people. None is yet.")
    said = f"Entered by people; last changed {age(newest.at)} ago by {newest.by}."
    return Provenance((), None, None, said=said)
