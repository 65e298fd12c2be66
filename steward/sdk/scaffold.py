"""The folder of a new integration, complete with a conversation its contract tests replay."""

from __future__ import annotations

import json
import re
from pathlib import Path

_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")


def write(slug: str, name: str, integrations: Path) -> Path:
    """Raises ValueError with a sentence where the slug does not do or is taken."""
    if not _SLUG.fullmatch(slug):
        raise ValueError(
            "A slug begins with a small letter and goes on with small letters, digits and _: "
            "2 to 40 characters."
        )
    folder = integrations / slug
    if folder.exists():
        raise ValueError(f"There is a folder {slug} already.")
    folder.mkdir(parents=True)
    title = "".join(part.title() for part in slug.split("_"))
    words = {"slug": slug, "name": name, "title": title}
    (folder / "__init__.py").touch()
    (folder / "connector.py").write_text(_fill(_CONNECTOR, words))
    (folder / "guide.md").write_text(_fill(_GUIDE, words))
    (folder / "icon.svg").write_text(_ICON)
    (folder / "conversation.json").write_text(json.dumps(_CONVERSATION, indent=2) + "\n")
    return folder


def _fill(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


_CONNECTOR = '''"""@name@: its users, over its REST API.

Source of every fact here: name the page of the vendor's documentation.
"""

from __future__ import annotations

from typing import Any

from steward.sdk.auth import ApiKey
from steward.sdk.connector import Connector, Cursor, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.http import Http
from steward.sdk.paging import cursor_pages
from steward.sdk.records import Account
from steward.sdk.times import moment_of


class @title@(Connector):
    slug = "@slug@"
    name = "@name@"
    summary = "Users of @name@."
    category = "Productivity"
    active_means = "signed in to @name@"
    settings = (
        Field("url", "API address", kind="url", default="https://api.@slug@.example"),
    )
    auth = (
        AuthOption(
            "token",
            "API token",
            (Field("token", "API token", secret=True),),
            (Scope("users:read", "to see who has an account", ("accounts",), required=True),),
        ),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.http = Http(
            context, context.settings["url"], auth=ApiKey(context.credentials["token"])
        )

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        me = self.http.get("/v1/organization").json()
        return Tenant(id=str(me["id"]), name=me["name"])

    def accounts(self, after: Cursor) -> Pages[Account]:
        for answer, cursor in cursor_pages(
            self.http, "/v1/users", after, cursor_at="next", limit=100
        ):
            yield page_of(answer.json()["users"], _account, cursor)


def _account(user: dict[str, Any]) -> Account:
    return Account(
        id=str(user["id"]),
        email=user.get("email"),
        name=user.get("name") or "",
        status="active" if user.get("active", True) else "disabled",
        last_active_at=moment_of(user.get("last_login")),
    )
'''

_GUIDE = """# Connect @name@

Steward reads who has an account in @name@ and when they last signed in. It changes nothing.

## Make a token

1. Sign in to @name@ as an administrator.
2. Open **Settings → API** and choose **Create token**.
3. Give it the permission **users:read**: Steward needs it to see who has an account.
4. Copy the token and paste it here.
"""

_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img">
  <rect width="48" height="48" rx="10" fill="#3b6ea5"/>
  <circle cx="24" cy="24" r="11" fill="none" stroke="#fff" stroke-width="4"/>
</svg>
"""

_CONVERSATION = {
    "settings": {"url": "{base}"},
    "auth": "token",
    "credentials": {"token": "s3cret-of-the-contract-test"},
    "exchanges": [
        {
            "request": {"method": "GET", "path": "/v1/organization"},
            "response": {"json": {"id": "org-1", "name": "Example Ltd"}},
        },
        {
            "request": {"method": "GET", "path": "/v1/users", "query": {"limit": "100"}},
            "response": {
                "json": {
                    "users": [
                        {
                            "id": 1,
                            "email": "ann@corp.example",
                            "name": "Ann",
                            "active": True,
                            "last_login": "2026-11-02T08:15:00Z",
                        },
                        {"id": 2, "email": "bob@corp.example", "name": "Bob", "active": False},
                    ],
                    "next": "page-2",
                }
            },
        },
        {
            "request": {
                "method": "GET",
                "path": "/v1/users",
                "query": {"limit": "100", "cursor": "page-2"},
            },
            "response": {
                "json": {"users": [{"id": 3, "email": None, "name": "Cem"}], "next": None}
            },
        },
    ],
    "expect": {"tenant": "org-1", "accounts": 3},
}
