"""Who uses applications that are not connected, as the instances say that show them: given through
sign-on, let in by a grant, signed in to. Of the account in the app itself (its role, its use)
they know nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat

from steward.insight import uses
from steward.insight.accounts import accounts, now_or
from steward.insight.reports.choices import searched
from steward.insight.reports.question import Question
from steward.inventory.holdings import Assignment, Grant, SeenApp
from steward.inventory.instance import SIGNED_IN, Instance

_BOOL, _MOMENT = BooleanField(null=True), DateTimeField(null=True)
WAYS = ("sign-on", "grants", "sign-ins")


def parts(question: Question) -> list[Any]:
    """An account that is a user in several ways is one row, which names them all."""
    asked = question["source"]
    ways = [way for way in WAYS if asked in ("", way)]
    return [_part(way, question, WAYS[: WAYS.index(way)] if not asked else ()) for way in ways]


def _part(way: str, question: Question, but_not: tuple[str, ...]) -> Any:
    """Of those that are not there in one of the other ways already."""
    day = question.as_of
    rows = _rows(way, day, question["application"]).annotate(of=_application(way))
    rows = rows.filter(of__isnull=False, account__in=_people(question).values("account_ref"))
    also = {other: _also(other, day) for other in WAYS if other != way}
    for other in but_not:
        rows = rows.filter(~also[other])
    connected = Instance.objects.present().filter(
        application=OuterRef("of"), created_at__lt=now_or(day)
    )
    rows = rows.filter(~Exists(connected) | _beside(way))
    return rows.annotate(source=_named(way, also), **_said(way, day))


def _beside(way: str) -> Any:
    """Merged in by hand, so that it counts though its application is connected."""
    return Exists(_seen().filter(beside=True)) if way == "sign-ins" else Q(app__beside=True)


def _rows(way: str, day: date | None, application: str = "") -> Any:
    """Of one application alone, if it is named: by the numbers of its apps, as the rows know no
    more than these."""
    if way == "sign-on":
        rows = Assignment.objects.at(day).filter(app__active=True)
    elif way == "grants":
        rows = Grant.objects.at(day).filter(account__isnull=False)
    else:
        rows = _days(day)
    if application:
        apps = SeenApp.objects.present().filter(application=int(application))
        rows = rows.filter(app__in=list(apps.values_list("pk", flat=True)))
    return _newest(rows) if way == "sign-ins" else rows


def _days(day: date | None) -> Any:
    end = now_or(day)
    days = uses.active_since(end - SIGNED_IN)
    return days.filter(month__lt=end.date()).exclude(app=0)


def _newest(days: Any) -> Any:
    """One month of each account and app stands for all."""
    later = days.filter(
        account=OuterRef("account"), app=OuterRef("app"), month__gt=OuterRef("month")
    )
    return days.present().filter(~Exists(later))


def _seen() -> Any:
    return SeenApp.objects.present().filter(pk=OuterRef("app"))


def _application(way: str) -> Any:
    return Subquery(_seen().values("application")[:1]) if way == "sign-ins" else F(_OF)


_OF = "app__application"


def _also(way: str, day: date | None) -> Exists:
    """The account of the outer row is a user of its application in that way too."""
    if way == "sign-ins":
        apps = SeenApp.objects.present().filter(application=OuterRef(OuterRef("of")))
        rows = _days(day).filter(app__in=apps.values("pk"))
    else:
        rows = _rows(way, day).filter(app__application=OuterRef("of"))
    return Exists(rows.filter(account=OuterRef("account")))


def _named(way: str, also: dict[str, Exists]) -> Any:
    more = [
        Case(When(exists, then=Value(f", {other}")), default=Value(""))
        for other, exists in also.items()
    ]
    return Concat(Value(way), *more, output_field=CharField())


def _people(question: Question) -> Any:
    return searched(accounts(question.as_of), question["q"])


def _said(way: str, day: date | None) -> dict[str, Any]:
    called = Subquery(_seen().values("application__name")[:1])
    return {
        **{field: _as_then(field, day) for field in ("name", "email", "status")},
        "application": called if way == "sign-ins" else F(f"{_OF}__name"),
        "application_id_": F("of"),
        "person_name": F("account__person__name"),
        "person_id": F("account__person"),
        "role": Value(""),
        "holds_seat": Value(None, output_field=_BOOL),
        "active_at": Value(None, output_field=_MOMENT),
        "seen_in": F("instance__name"),
        "account_id_": F("account"),
    }


def _as_then(field: str, day: date | None) -> Any:
    if day is None:
        return F(f"account__{field}")
    return Subquery(accounts(day).filter(account=OuterRef("account")).values(field)[:1])
