"""Asking an admin for consent at the app (RFC 6749, 4.1, with PKCE, RFC 7636), and what comes back.

What was entered waits in the database under the hash of the state, sealed for one member and one
browser, for ten minutes and one answer. The app's answer is never shown but by its error code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.utils import timezone

from steward.inventory import vault
from steward.inventory.consent import ConsentAsked
from steward.inventory.member import Member
from steward.sdk.auth import AuthorizationCode
from steward.sdk.errors import ConnectorError
from steward.sdk.fields import AuthOption, Consent, filled
from steward.sdk.tokens import scopes_in
from steward.sync.clients import with_client
from steward.sync.opening import trial_context
from steward.sync.problems import Refused
from steward.sync.trial import Entry

LIFE = timedelta(minutes=10)

# RFC 6749, 4.1.2.1.
_ENDED = {
    "access_denied": "{app} was not given the consent: it was declined there. Connect once more "
    "and agree, as an admin of {app}.",
    "invalid_scope": "{app} does not let the OAuth app have one of the permissions that were asked "
    "for. Add them to the OAuth app in {app}, then connect once more.",
    "unauthorized_client": "{app} does not let this OAuth app ask for consent. Look at its "
    "settings in {app}, then connect once more.",
    "invalid_request": "{app} did not understand the question. Check that the OAuth app has the "
    "redirect address of this Steward, then connect once more.",
    "server_error": "{app} could not answer. Connect once more in a while.",
    "temporarily_unavailable": "{app} could not answer. Connect once more in a while.",
}
_ENDED_OTHERWISE = "{app} did not give its consent. Connect once more."
_ELSEWHERE = (
    "The answer did not come from {app}, so it was not used. Check the addresses in the settings, "
    "then connect once more."
)


@dataclass(frozen=True)
class Begun:
    """A consent that was begun: where the answer was to come, and what the asker must remember."""

    back: str
    verifier: str
    memo: dict[str, Any]


def begin(entry: Entry, *, member: Member, browser: str, back: str, memo: Mapping[str, Any]) -> str:
    """The address at the app where the admin is asked. `back` is where the answer is to come,
    `browser` what only this browser's session knows, `memo` (plain JSON) comes back with it."""
    state, verifier = generate_token(48), generate_token(64)
    try:
        client = with_client(entry.connector, entry.auth, entry.credentials)["client_id"]
    except ConnectorError as error:
        raise Refused.by(error) from error
    address = _address(entry, client, back, state, create_s256_code_challenge(verifier))
    ConsentAsked.objects.filter(expires_at__lt=timezone.now()).delete()
    ConsentAsked.objects.create(
        state=_digest(state),
        member=member,
        sealed=vault.seal(
            {"back": back, "verifier": verifier, "memo": dict(memo)}, _bound_to(member, browser)
        ),
        expires_at=timezone.now() + LIFE,
    )
    return address


def _address(entry: Entry, client_id: str, back: str, state: str, challenge: str) -> str:
    consent = _consent(entry)
    asked = {
        consent.scope_in: consent.separator.join(_asked(entry.option)),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **dict(consent.extra),
    }
    made = prepare_grant_uri(
        filled(consent.authorize_url, entry.settings),
        client_id=client_id,
        response_type="code",
        redirect_uri=back,
        state=state,
        **asked,
    )
    return str(httpx2.URL(made))


def _asked(option: AuthOption) -> list[str]:
    also = option.consent.also if option.consent else ()
    return list(dict.fromkeys([*(scope.name for scope in option.scopes), *also]))


def take(state: str, *, member: Member, browser: str) -> Begun | None:
    """Once. None where this member did not begin it in this browser, within the ten minutes."""
    rows = ConsentAsked.objects.filter(
        state=_digest(state), member=member, expires_at__gt=timezone.now()
    )
    row = rows.first()
    if row is None:
        return None
    try:
        kept = vault.unseal(row.sealed, _bound_to(member, browser))
    except vault.SealBroken:
        return None
    deleted, _ = rows.filter(pk=row.pk).delete()
    return Begun(**kept) if deleted else None


def tokens_for(entry: Entry, begun: Begun, answer: Mapping[str, str]) -> dict[str, Any]:
    """What the app gives for its answer (the query it came back with). Raises Refused with a
    sentence for whoever was asked."""
    consent, app = _consent(entry), entry.connector.name
    if not _is_from(consent, entry.settings, answer.get("iss")):
        raise Refused(_ELSEWHERE.format(app=app), "unexpected")
    code = answer.get("code", "")
    if "error" in answer or not code:
        sentence = _ENDED.get(answer.get("error", ""), _ENDED_OTHERWISE)
        raise Refused(sentence.format(app=app), "unauthorized")
    try:
        credentials = with_client(entry.connector, entry.auth, entry.credentials)
        context = trial_context(entry.auth, entry.settings, credentials)
        AuthorizationCode.of(context, consent).exchange(code, begun.back, begun.verifier)
    except ConnectorError as error:
        raise Refused.by(error) from error
    tokens = context.tokens.load()
    if scopes_in(tokens) is None:
        # RFC 6749, 5.1: an app that does not name them has granted what was asked for.
        tokens["scope"] = " ".join(_asked(entry.option))
    return tokens


def _is_from(consent: Consent, settings: Mapping[str, Any], issuer: str | None) -> bool:
    """RFC 9207. An app whose issuer is not told is known by the host that was asked."""
    if issuer is None:
        return True
    if consent.issuer:
        return issuer == filled(consent.issuer, settings)
    try:
        return (
            httpx2.URL(issuer).origin == httpx2.URL(filled(consent.authorize_url, settings)).origin
        )
    except httpx2.InvalidURL:
        return False


def _consent(entry: Entry) -> Consent:
    consent = entry.option.consent
    if consent is None:
        raise TypeError(f"{entry.auth} asks for no consent")
    return consent


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _bound_to(member: Member, browser: str) -> str:
    return f"consent/{member.pk}/{browser}"
