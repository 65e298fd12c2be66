"""How applications are known that others show, and who uses them.

An instance may show an application three ways: people were given it (sign-on), it was let in to
people's data (grants), or people signed in to it (sign-ins). A human counts once, however many of
these and however many instances say so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from steward.inventory.account import Account, ActiveDays
from steward.inventory.charge import Charge
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.holdings import Assignment, Grant, SeenApp
from steward.inventory.instance import SIGNED_IN
from steward.inventory.licence import LicenceType

SOURCES = (
    ("connected", "Connected"),
    ("sign-on", "Sign-on"),
    ("sign-ins", "Sign-ins"),
    ("grants", "Third-party access"),
    ("charges", "Charges"),
    ("contracts", "Contracts"),
    ("licenses", "Licences"),
    ("entered", "Entered by hand"),
)
_FLAGS = {
    "connected": "connected",
    "sign-on": "by_sign_on",
    "sign-ins": "by_sign_ins",
    "grants": "by_grants",
    "charges": "by_charges",
    "contracts": "by_contracts",
    "licenses": "by_licences",
    "entered": "by_entry",
}
# Each alone is enough to be listed.
KNOWN = Q(*((flag, True) for flag in (*_FLAGS.values(), "seen_in_sso")), _connector=Q.OR)


def sources() -> dict[str, Any]:
    """Annotations of an application: by what it is known, and what is said of its maker."""
    seen = SeenApp.objects.present().filter(application=OuterRef("pk"))
    granted = Grant.objects.present().filter(app__application=OuterRef("pk"))
    return {
        "by_sign_on": Exists(seen.filter(in_apps__isnull=False)),
        "by_sign_ins": Exists(seen.filter(Q(in_activity__isnull=False) | Q(told_sign_ins=True))),
        "by_grants": Exists(seen.filter(in_grants__isnull=False)),
        **_entered(),
        "for_everybody": Exists(granted.filter(account=None)),
        "tells_grants_use": Exists(granted.filter(last_used_at__isnull=False)),
        "publisher": Subquery(seen.exclude(publisher="").order_by("-seen").values("publisher")[:1]),
        "verified": Case(
            When(Exists(seen.filter(verified=True)), then=True),
            When(Exists(seen.filter(verified=False)), then=False),
        ),
    }


def _entered() -> dict[str, Any]:
    """What no app says."""
    mine = {"application": OuterRef("pk")}
    made = Edit.objects.filter(kind="application", object=OuterRef("pk"), what="made")
    return {
        "by_charges": Exists(Charge.objects.counted().filter(**mine)),
        "by_contracts": Exists(Contract.objects.filter(**mine)),
        "by_licences": Exists(LicenceType.objects.filter(**mine)),
        "by_entry": Exists(made),
    }


def sources_of(application: Any) -> list[str]:
    return [name for name, _ in SOURCES if getattr(application, _FLAGS[name])]


def known_by(source: str) -> Q:
    """`seen` are all that are not connected."""
    return Q(connected=False) if source == "seen" else Q(**{_FLAGS[source]: True})


def users_of(application: Any) -> int | None:
    """Of a row: where it was let in for everybody, or no app shows it, nobody can tell who uses
    it."""
    unknown = application.for_everybody or not application.seen_in_sso
    return None if unknown and not application.assigned else int(application.assigned)


def tells_use(application: Any) -> bool:
    """Whether somebody would say it if the application was used."""
    says = (application.by_sign_on, application.by_sign_ins, application.tells_grants_use)
    return any(says)


# The same, for the database.
SOME_USERS = Q(assigned__gt=0) | Q(for_everybody=False, seen_in_sso=True)
SOME_USERS_TOLD = Q(told_users__gt=0) | Q(for_everybody=False, seen_in_sso=True)
TELLS_USE = Q(by_sign_on=True) | Q(by_sign_ins=True) | Q(tells_grants_use=True)


def sources_text() -> Any:
    """The same as a text to sort and export by."""
    words = [
        Case(When(**{flag: True}, then=Value(f"{name}, ")), default=Value(""))
        for name, flag in _FLAGS.items()
    ]
    return Func(Concat(*words), Value(", "), function="RTRIM", output_field=CharField())


def users() -> Any:
    """Humans who were given the application, let it in, or signed in to it lately."""
    since = timezone.now() - SIGNED_IN
    application = OuterRef(OuterRef("pk"))
    assigned = Exists(same_human(Assignment.objects.present().filter(app__application=application)))
    granted = Exists(same_human(Grant.objects.present().filter(app__application=application)))
    return (
        _humans(Assignment.objects.present().filter(app__application=OuterRef("pk")))
        + _humans(
            Grant.objects.present().filter(
                ~assigned, app__application=OuterRef("pk"), account__isnull=False
            )
        )
        + _humans(signed_in(since, OuterRef(OuterRef("pk"))).filter(~assigned, ~granted))
    )


def active_users(since: datetime) -> Any:
    """Humans who signed in to it since, or whose grant it has made use of."""
    days = signed_in(since, OuterRef(OuterRef("app__application")))
    used = Grant.objects.present().filter(
        app__application=OuterRef("pk"), account__isnull=False, last_used_at__gte=since
    )
    return _humans(signed_in(since, OuterRef(OuterRef("pk")))) + _humans(
        used.exclude(Exists(same_human(days)))
    )


def signed_in(since: datetime, application: Any) -> Any:
    """Days of activity in the application."""
    seen = SeenApp.objects.present().filter(application=application)
    return active_since(since).filter(app__in=seen.values("pk")).exclude(app=0)


def active_since(since: datetime) -> Any:
    """A number of bits is at least 2ⁿ where bit n or a later one is set."""
    first = since.date().replace(day=1)
    later = Q(month__gt=first) | Q(days__gte=1 << (since.day - 1))
    return ActiveDays.objects.filter(later, month__gte=first)


def same_human(rows: Any) -> Any:
    """Rows of the account of the outer row, or of another one of its person."""
    own, person = OuterRef(OuterRef("account")), OuterRef(OuterRef("account__person"))
    return rows.filter(
        account__in=Account.objects.filter(Q(pk=own) | Q(person=person)).values("pk")
    )


def _humans(rows: Any) -> Coalesce:
    """An account that is nobody's counts for itself."""
    human = Coalesce(F("account__person"), -1 * F("account"), output_field=BigIntegerField())
    one = rows.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(Subquery(one.annotate(count=Count(human, distinct=True)).values("count")), 0)
