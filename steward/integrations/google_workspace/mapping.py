"""Google's users, groups, licences, tokens and events as Steward's records.

Fields: developers.google.com/workspace/admin/directory/reference/rest/v1/users.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from steward.sdk.records import (
    Account,
    AccountKind,
    Activity,
    App,
    Grant,
    Group,
    License,
    Membership,
    Seat,
)
from steward.sdk.times import moment_of

Object = Mapping[str, Any]

# All that is read of a user: the mapper below looks at nothing else.
USER_FIELDS = (
    "id,primaryEmail,name(fullName),aliases,isAdmin,isDelegatedAdmin,isGuestUser,suspended,"
    "suspensionReason,archived,creationTime,lastLoginTime,isEnrolledIn2Sv,isEnforcedIn2Sv,"
    "orgUnitPath,organizations,relations,locations,externalIds"
)
# Google names this one where the actor is none of the customer's users.
NOBODY = "105250506097979753968"
ANONYMOUS = "anonymous"


def account(left_when_suspended: bool, user: Object) -> Account:
    suspended, archived = bool(user.get("suspended")), bool(user.get("archived"))
    paused = suspended and not archived and not left_when_suspended
    email = str(user["primaryEmail"])
    return Account(
        id=str(user["id"]),
        email=email,
        username=email,
        name=(user.get("name") or {}).get("fullName") or "",
        status="disabled" if suspended or archived else "active",
        kind=_kind(user),
        role=_role(user),
        created_at=moment_of(user.get("creationTime")),
        last_active_at=moment_of(user.get("lastLoginTime")),
        emails=tuple(alias for alias in user.get("aliases") or () if alias != email),
        attributes={
            **{name: value for name, value in _described(user).items() if value},
            **_second_step(user),
            "app_status": "archived" if archived else "suspended" if suspended else "active",
            **({"suspended": True} if paused else {}),
        },
    )


def _kind(user: Object) -> AccountKind:
    return "guest" if user.get("isGuestUser") else "person"


def _role(user: Object) -> str:
    if user.get("isAdmin"):
        return "super admin"
    return "admin" if user.get("isDelegatedAdmin") else "user"


def _second_step(user: Object) -> dict[str, bool]:
    names = (("mfa", "isEnrolledIn2Sv"), ("mfa_enforced", "isEnforcedIn2Sv"))
    return {ours: bool(user[theirs]) for ours, theirs in names if theirs in user}


def _described(user: Object) -> dict[str, Any]:
    """The Admin console keeps the type of employee in the description of the organization."""
    work = _primary(user.get("organizations"))
    place = _primary(user.get("locations"))
    return {
        "suspension_reason": str(user.get("suspensionReason") or "").lower(),
        "org_unit": user.get("orgUnitPath"),
        "department": work.get("department"),
        "title": work.get("title"),
        "cost_centre": work.get("costCenter"),
        "company": work.get("name"),
        "employment_type": work.get("description"),
        "location": work.get("location") or place.get("buildingId") or place.get("area"),
        "manager": _value(user.get("relations"), "manager"),
        "employee_number": _value(user.get("externalIds"), "organization"),
    }


def _primary(entries: Any) -> Object:
    known: list[Object] = [entry for entry in entries or () if isinstance(entry, dict)]
    return next((entry for entry in known if entry.get("primary")), known[0] if known else {})


def _value(entries: Any, kind: str) -> Any:
    known = (entry for entry in entries or () if isinstance(entry, dict))
    return next((entry.get("value") for entry in known if entry.get("type") == kind), None)


def group(item: Object) -> Group:
    return Group(id=str(item["id"]), name=str(item.get("name") or item["email"]))


def membership(group: str, member: Object) -> Membership | None:
    """Groups inside are listed beside the users that are in them; CUSTOMER stands for all."""
    return Membership(group=group, account=str(member["id"])) if member["type"] == "USER" else None


def role_id(item: Object) -> str:
    return f"role:{item['roleId']}"


def role(item: Object) -> Group:
    return Group(id=role_id(item), name=str(item.get("roleName") or item["roleId"]), kind="role")


def is_to_group(assignment: Object) -> bool:
    return str(assignment.get("assigneeType") or "").casefold() == "group"


def license_of(product: str, item: Object) -> License:
    return License(id=str(item["skuId"]), name=str(item.get("skuName") or product))


def seat(account: str, item: Object) -> Seat:
    return Seat(license=str(item["skuId"]), account=account)


def app(token: Object) -> App:
    """An app that is not registered with Google has nothing but the name it gives itself."""
    anonymous = bool(token.get("anonymous"))
    name = str(token.get("displayText") or token["clientId"])
    return App(id=_app_id(token), name=name, verified=False if anonymous else None)


def _app_id(token: Object) -> str:
    own = str(token["clientId"])
    return f"{own}:{token.get('displayText') or ''}" if own == ANONYMOUS else own


def grant(account: str, token: Object) -> Grant:
    scopes = tuple(str(scope) for scope in token.get("scopes") or ())
    return Grant(app=_app_id(token), account=account, scopes=scopes)


@dataclass
class Told:
    """What was already said: the apps, and who was active on the day that is being read."""

    apps: set[str] = field(default_factory=set)
    active: set[tuple[str, str]] = field(default_factory=set)

    def is_new(self, actor: str, app: str) -> bool:
        known = (actor, app) in self.active
        self.active.add((actor, app))
        return not known

    def is_new_app(self, app: str) -> bool:
        known = app in self.apps
        self.apps.add(app)
        return not known


def sign_in(told: Told, day: date, event: Object) -> Iterator[Activity]:
    actor = _actor(event)
    if actor and told.is_new(actor, ""):
        yield Activity(account=actor, day=day)


def app_use(told: Told, day: date, event: Object) -> Iterator[App | Activity]:
    """An event of the `token` log says what it is about in name and value pairs."""
    actor = _actor(event)
    for one in event.get("events") or () if actor else ():
        said = {p["name"]: p.get("value") for p in one.get("parameters") or ()}
        if not said.get("client_id"):
            continue
        token = {"clientId": said["client_id"], "displayText": said.get("app_name")}
        app = _app_id(token)
        if told.is_new_app(app):
            yield App(id=app, name=str(token["displayText"] or app))
        if told.is_new(actor, app):
            yield Activity(account=actor, day=day, app=app)


def _actor(event: Object) -> str:
    own = str((event.get("actor") or {}).get("profileId") or "")
    return "" if own == NOBODY else own


def last_uses(today: date, report: Object) -> Iterator[Activity]:
    """The days on which the services were last used, of one user's usage report."""
    user = str((report.get("entity") or {}).get("profileId") or "")
    days = {_day(parameter) for parameter in report.get("parameters") or ()}
    for day in sorted(day for day in days if day and day <= today):
        if user:
            yield Activity(account=user, day=day)


def _day(parameter: Object) -> date | None:
    """Google documents moments as text and as numbers, without their unit."""
    value = parameter.get("datetimeValue") or parameter.get("intValue")
    try:
        moment: datetime | None = moment_of(value)
    except ValueError:
        return None
    return moment.astimezone(UTC).date() if moment else None


def ids(users: Iterable[Object]) -> list[str]:
    return [str(user["id"]) for user in users]
