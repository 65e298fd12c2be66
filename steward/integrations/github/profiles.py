"""Names and addresses, which GitHub's REST lists do not carry: asked of GraphQL, a page of users
at a time. They make joining accounts to people better and are not needed for anything else, so a
credential that may not ask simply gives accounts without them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from steward.sdk.errors import Forbidden, Unavailable, Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at

_PEOPLE = """query($ids: [ID!]!, $org: String!) { nodes(ids: $ids) { ... on User {
 databaseId name email organizationVerifiedDomainEmails(login: $org) } } }"""

Identities: TypeAlias = "Mapping[str, Any] | None"

_NAMED = {"id", "login", "node_id"}
_ODD = "GitHub's GraphQL answered otherwise than it describes."
_IDENTITY = "samlIdentity { nameId emails { value } } scimIdentity { username emails { value } }"


@dataclass(frozen=True)
class Profile:
    """`emails` in the order of trust: sign-on identity, verified domain, public profile. GitHub
    lets nobody show an address that was not confirmed. `is_linked` says whether the user has ever
    signed on by SAML, where the organisation is set up for it and GitHub tells."""

    name: str = ""
    emails: tuple[str, ...] = ()
    is_linked: bool | None = None


@dataclass
class Profiles:
    http: Http
    org: str
    address: str
    _refused: set[str] = field(default_factory=set)

    def of(self, users: Sequence[Mapping[str, Any]]) -> dict[str, Profile]:
        """By the user's id, as text."""
        known = [u for u in users if isinstance(u, dict) and u.keys() >= _NAMED]
        if not known:
            return {}
        try:
            people, signed_on = self._people(known), self._signed_on(known)
            return {
                str(u["id"]): _profile(people.get(u["id"], {}), signed_on.get(u["login"]))
                for u in known
            }
        except (AttributeError, KeyError, TypeError):
            raise Unexpected(_ODD) from None

    def ids(self, logins: Iterable[str]) -> dict[str, str]:
        """Account ids by login; a login that GitHub no longer knows is left out. Raises
        Forbidden where the credential may not use GraphQL."""
        wanted = sorted({login for login in logins if login})
        asked = " ".join(
            f"u{n}: user(login: {json.dumps(login)}) {{ databaseId }}"
            for n, login in enumerate(wanted)
        )
        data = self._ask("ids", f"query {{ {asked} }}") if wanted else {}
        if "ids" in self._refused:
            raise Forbidden("GitHub does not answer GraphQL questions of this credential.")
        found = {login: at(data, f"u{n}.databaseId") for n, login in enumerate(wanted)}
        return {login: str(number) for login, number in found.items() if number}

    def _people(self, users: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
        ids = [user["node_id"] for user in users]
        nodes = self._ask("people", _PEOPLE, ids=ids, org=self.org).get("nodes") or ()
        return {node["databaseId"]: node for node in nodes if node and node.get("databaseId")}

    def _signed_on(self, users: Sequence[Mapping[str, Any]]) -> dict[str, Identities]:
        """What is known from SAML or SCIM by login; nothing where the organisation has no sign-on
        of its own, or does not show it to this credential."""
        asked = " ".join(
            f"u{n}: externalIdentities(first: 1, login: {json.dumps(user['login'])}) "
            f"{{ nodes {{ {_IDENTITY} }} }}"
            for n, user in enumerate(users)
        )
        query = (
            f"query($org: String!) {{ organization(login: $org) "
            f"{{ samlIdentityProvider {{ {asked} }} }} }}"
        )
        organization = self._ask("sign-on", query, org=self.org).get("organization") or {}
        provider = organization.get("samlIdentityProvider")
        if not provider:
            self._refused.add("sign-on")
            return {}
        return {u["login"]: provider.get(f"u{n}") for n, u in enumerate(users)}

    def _ask(self, what: str, query: str, **variables: Any) -> dict[str, Any]:
        """Empty once GitHub refused this question; it is not asked again in this run."""
        if what in self._refused:
            return {}
        try:
            answer = self.http.post(
                self.address, json={"query": query, "variables": variables}
            ).json()
        except Forbidden:
            answer = {"data": None}
        if not isinstance(answer, dict):
            raise Unexpected(_ODD)
        if at(answer, "errors.0.type") == "RATE_LIMITED":
            raise Unavailable("GitHub asks Steward to slow down (GraphQL).")
        if not answer.get("data"):
            self._refused.add(what)
        return answer.get("data") or {}


def _addresses(nodes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    found: list[Any] = []
    for node in nodes:
        for identity in (node.get("samlIdentity") or {}, node.get("scimIdentity") or {}):
            found += [identity.get("nameId"), identity.get("username")]
            found += [email.get("value") for email in identity.get("emails") or ()]
    return tuple(address for address in found if address and "@" in address)


def _profile(person: Mapping[str, Any], identities: Identities) -> Profile:
    nodes = (identities or {}).get("nodes")
    verified = person.get("organizationVerifiedDomainEmails") or ()
    emails = (*_addresses(nodes or ()), *verified, person.get("email"))
    addresses = tuple(dict.fromkeys(email for email in emails if email))
    return Profile(person.get("name") or "", addresses, _is_linked(nodes))


def _is_linked(nodes: Sequence[Mapping[str, Any]] | None) -> bool | None:
    """One that was made by SCIM alone may yet be waiting for its first sign-on: that is open."""
    if nodes is None:
        return None
    return True if any(node.get("samlIdentity") for node in nodes) else None if nodes else False
