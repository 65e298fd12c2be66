"""What the made-up company lets apps do through Okta: people's consents, what administrators have
permitted, and the API service integrations they have added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from steward.demo.company import Company, Human
from steward.demo.vendors.okta_answers import app_id, stamp, user_id

Row = dict[str, Any]
MADE = datetime.combine(date(2024, 9, 2), time(8), UTC)


@dataclass(frozen=True)
class Consented:
    """What every so-manieth of those who have the app (of everybody, without `key`) agreed to."""

    key: str
    name: str
    every: int
    scopes: tuple[str, ...]

    @property
    def client_id(self) -> str:
        return f"0oa{self.name.replace(' ', '')[:12]}NW00x7"

    def is_of(self, human: Human) -> bool:
        use = human.uses["okta"]
        had = not self.key or self.key in use.apps
        able = use.last_active is not None and use.status == "active"
        return had and able and human.number % self.every == 0


CONSENTED = (
    Consented("notion", "Notion", 2, ("openid", "profile", "email", "offline_access")),
    Consented("miro", "Miro", 3, ("openid", "email", "okta.users.read.self")),
    Consented("", "Partner Portal", 16, ("openid", "offline_access", "orders:read")),
)


@dataclass(frozen=True)
class Machine:
    """A service app, which signs in as itself."""

    number: int
    name: str
    scopes: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"0oaMachine{self.number:03d}Labs00x7"


MACHINES = (
    Machine(1, "Roster Bridge", ("okta.users.manage", "okta.groups.manage", "okta.users.read")),
    Machine(2, "Log Shipper", ("okta.logs.read",)),
    Machine(3, "Badge Printer", ()),
)
SERVICES = (Machine(9, "Threat Watch", ("okta.logs.read", "okta.sessions.manage")),)


def consents(company: Company, human: Human, base: str) -> Iterator[Row]:
    for app in CONSENTED:
        if not app.is_of(human):
            continue
        client = next((app_id(one) for one in company.sso if one.key == app.key), app.client_id)
        for number, scope in enumerate(app.scopes):
            at = MADE + timedelta(days=human.number % 90, seconds=number)
            yield _grant(client, app.name, scope, at, base, human, "END_USER")


def permitted(machine: Machine, by: Human, base: str) -> Iterator[Row]:
    for number, scope in enumerate(machine.scopes):
        at = MADE + timedelta(days=machine.number, hours=number)
        row = _grant(machine.id, machine.name, scope, at, base, by, "ADMIN")
        yield {name: value for name, value in row.items() if name != "userId"}


def _grant(
    client: str, name: str, scope: str, at: datetime, base: str, by: Human, source: str
) -> Row:
    return {
        "id": f"oag{by.number:05d}{client[3:9]}{len(scope):02d}00x7",
        "status": "ACTIVE",
        "created": stamp(at),
        "createdBy": {"id": user_id(by), "type": "User"},
        "lastUpdated": stamp(at),
        "issuer": base,
        "clientId": client,
        "userId": user_id(by),
        "scopeId": scope,
        "source": source,
        "_links": {
            "app": {"href": f"{base}/api/v1/apps/{client}", "title": name},
            "client": {"href": f"{base}/oauth2/v1/clients/{client}", "title": name},
        },
    }


def machine(one: Machine, base: str) -> Row:
    return {
        "id": one.id,
        "name": "oidc_client",
        "label": one.name,
        "status": "ACTIVE",
        "created": stamp(MADE),
        "lastUpdated": stamp(MADE),
        "signOnMode": "OPENID_CONNECT",
        "features": [],
        "credentials": {
            "oauthClient": {
                "client_id": one.id,
                "token_endpoint_auth_method": "private_key_jwt",
                "autoKeyRotation": True,
            }
        },
        "settings": {
            "oauthClient": {"application_type": "service", "grant_types": ["client_credentials"]}
        },
        "_links": {"users": {"href": f"{base}/api/v1/apps/{one.id}/users"}},
    }


def service(one: Machine, by: Human, base: str) -> Row:
    return {
        "id": one.id,
        "type": one.name.lower().replace(" ", "_"),
        "name": one.name,
        "createdAt": stamp(MADE),
        "createdBy": user_id(by),
        "configGuideUrl": "https://vendor.example/guide",
        "grantedScopes": list(one.scopes),
        "_links": {"self": {"href": f"{base}/integrations/api/v1/api-services/{one.id}"}},
    }
