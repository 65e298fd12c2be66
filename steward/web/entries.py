"""A form drawn from an integration's own fields, and what was entered into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from steward.sdk.connector import Connector
from steward.sdk.fields import CLIENT, AuthOption, Field
from steward.sdk.files import to_text
from steward.sync.clients import is_known


@dataclass(frozen=True)
class Input:
    """One field as the form shows it. `kept` says that a secret from the last try is still held,
    so that the field may stay empty."""

    field: Field
    name: str
    value: Any = ""
    error: str = ""
    kept: bool = False


@dataclass
class Entry:
    """Everything of one connect form. A secret is never given back to the browser."""

    connector: type[Connector]
    name: str = ""
    auth: str = ""
    every_hours: str = "24"
    settings: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    tokens: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_draft(cls, connector: type[Connector], draft: Mapping[str, Any]) -> Entry:
        kept = frozenset(name for name, value in draft["credentials"].items() if value)
        return cls(connector, **{name: draft[name] for name in _DRAFTED}, kept=kept)

    def draft(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _DRAFTED}

    @property
    def asks_consent(self) -> bool:
        """Whether the app itself is to be asked, since there is nothing yet to sign in with."""
        has = self.tokens or self.credentials.get("refresh_token")
        return self.connector.option(self.auth).consent is not None and not has

    @property
    def setting_inputs(self) -> list[Input]:
        return [
            self._input(f, "settings", self.settings.get(f.name, f.default))
            for f in self.connector.settings
        ]

    @property
    def options(self) -> list[dict[str, Any]]:
        return [self._option(option) for option in self.connector.auth]

    def _option(self, option: AuthOption) -> dict[str, Any]:
        client = self._inputs(option, of_client=True)
        refresh = [i for i in client if i.field.name == "refresh_token"]
        client = [i for i in client if i not in refresh]
        return {
            "option": option,
            "chosen": option.name == (self.auth or self.connector.auth[0].name),
            "inputs": self._inputs(option, of_client=False),
            "client": client,
            "client_shown": _has_something(client),
            "refresh": refresh,
            "refresh_shown": _has_something(refresh),
            "has_client": bool(option.consent) and is_known(self.connector.slug),
        }

    def _inputs(self, option: AuthOption, of_client: bool) -> list[Input]:
        """Those of the OAuth app stand apart, since most have no need to see them."""
        client = {f.name for f in CLIENT} if option.consent else set()
        return [
            self._input(f, f"credentials.{option.name}", self._shown(f))
            for f in option.fields
            if (f.name in client) == of_client
        ]

    def _shown(self, f: Field) -> Any:
        return f.default if f.secret else self.credentials.get(f.name, f.default)

    def _input(self, f: Field, group: str, value: Any) -> Input:
        where = group.split(".")[0]
        return Input(
            f,
            f"{group}.{f.name}",
            "" if value is None else value,
            self.errors.get(f"{where}.{f.name}", ""),
            kept=f.secret and f.name in self.kept,
        )

    @property
    def general_errors(self) -> list[str]:
        shown = {f"settings.{f.name}" for f in self.connector.settings}
        shown |= {f"credentials.{f.name}" for o in self.connector.auth for f in o.fields}
        shown |= {"name", "every_hours"}
        return [message for name, message in self.errors.items() if name not in shown]


_DRAFTED = ("name", "auth", "every_hours", "settings", "credentials", "tokens")


def _has_something(inputs: list[Input]) -> bool:
    return any(i.value or i.error or i.kept for i in inputs)


def entered(request: HttpRequest, connector: type[Connector], draft: Mapping[str, Any]) -> Entry:
    """From the request; a secret that was left empty is taken from the draft of the last try."""
    auth = connector.option(request.POST.get("auth", "")).name
    same_way = draft.get("auth") == auth
    held = draft.get("credentials", {}) if same_way else {}
    credentials = {
        f.name: _value(request, f, f"credentials.{auth}.{f.name}")
        or (held.get(f.name, "") if f.secret else "")
        for f in connector.option(auth).fields
    }
    made = Entry(
        connector,
        name=request.POST.get("name", "").strip(),
        auth=auth,
        every_hours=request.POST.get("every_hours", "24"),
        settings={f.name: _value(request, f, f"settings.{f.name}") for f in connector.settings},
        credentials=credentials,
        kept=frozenset(name for name, value in credentials.items() if value),
    )
    if same_way and (made.settings, credentials) == (draft.get("settings"), held):
        # The consent was given to just this; nobody need be asked again.
        made.tokens = draft.get("tokens", {})
    return made


def _value(request: HttpRequest, f: Field, name: str) -> Any:
    if f.kind == "file":
        upload = request.FILES.get(name)
        return to_text(upload.name or "upload", upload.read()) if upload else ""
    if f.kind == "bool":
        return name in request.POST
    return request.POST.get(name, "")
