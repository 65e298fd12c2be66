"""Grants: which apps people have let into their accounts, asked user by user.

A user for whom Google fails while it answers for others is set aside, and the rest goes on; the
read is then no whole one, so nothing of what it did not see is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote

from steward.integrations.google_workspace import mapping
from steward.integrations.google_workspace.google import Google, Object, list_of
from steward.integrations.google_workspace.refusals import Down, Gone, NoPrivilege
from steward.sdk.connector import Cursor, Page, Pages, Problem, page_of
from steward.sdk.errors import ConnectorError, Unexpected
from steward.sdk.records import App, Grant

# Users to a page: at ten answers a second, a checkpoint every few seconds.
SIZE = 50
# So many failures before the first answer are the app's and not those of single users.
PATIENCE = 3


class Grants:
    def __init__(self, google: Google) -> None:
        self._google = google
        self._answered = False
        self._failed = 0

    def pages(self, after: Cursor) -> Pages[App | Grant]:
        """The users' list is walked page by page and never held whole. The cursor is the token of a
        page of users and the last of them that is done."""
        after = after or {}
        token, done = after.get("page"), after.get("done", "")
        for answer, following in self._google.users(token, "id"):
            left = _after(done, mapping.ids(list_of(answer, "users")))
            parts = [left[at : at + SIZE] for at in range(0, len(left), SIZE)]
            for part in parts:
                where = {"page": token, "done": part[-1]}
                beyond = {"page": following} if following else None
                yield self._of(part).going_on_at(beyond if part is parts[-1] else where)
            token, done = following, ""

    def _of(self, users: list[str]) -> Page[App | Grant]:
        read = [self._of_user(user) for user in users]
        problems = tuple(chain.from_iterable(page.problems for page in read))
        apps: dict[str, App] = {}
        grants: list[Grant] = []
        for record in chain.from_iterable(page.records for page in read):
            if isinstance(record, App):
                apps.setdefault(record.id, record)
            else:
                grants.append(record)
        return Page((*apps.values(), *grants), None, problems)

    def _of_user(self, user: str) -> Page[App | Grant]:
        try:
            answer = self._google.admin.get(_path(user), fields=_FIELDS)
        except Gone:
            return Page(())
        except (NoPrivilege, Down, Unexpected) as failed:
            return self._set_aside(user, failed)
        self._answered = True

        def given(token: Object) -> Iterator[App | Grant]:
            yield mapping.app(token)
            yield mapping.grant(user, token)

        return page_of(list_of(answer, "items"), given)

    def _set_aside(self, user: str, failed: ConnectorError) -> Page[App | Grant]:
        """Where Google answers for nobody, it is not about this user."""
        self._failed += 1
        if not self._answered and self._failed >= PATIENCE:
            raise failed
        return Page((), None, (Problem(user, failed.message),))


_FIELDS = "items(clientId,displayText,anonymous,nativeApp,scopes)"


def _path(user: str) -> str:
    return f"/admin/directory/v1/users/{quote(user, safe='')}/tokens"


def _after(done: str, users: list[str]) -> list[str]:
    """All of them, where the one that was last has gone meanwhile."""
    return users[users.index(done) + 1 :] if done in users else users
