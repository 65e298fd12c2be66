"""Grants: GitHub Apps installed for everybody, and the tokens that members let in by themselves.

Each of the three lists needs a permission of its own. One that GitHub refuses is told, and the rest
is read; the read is then no whole one, so nothing that it did not see is closed. Where all are
refused there is nothing to read.

A personal access token is no app. But a script or a service that acts with one reaches just as far,
so all of a member's tokens are shown as one grant to "Personal access tokens". Of tokens given to
apps for a member, GitHub does not say to which; they are shown as that. SSH keys are left out: they
carry no scopes, and belong to the member's own machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from steward.integrations.github import access
from steward.integrations.github.asking import APP, CLASSIC
from steward.integrations.github.mapping import list_of
from steward.integrations.github.profiles import Profiles
from steward.integrations.github.refusals import Hidden, said_as
from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Page, Pages, Problem, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden
from steward.sdk.http import Http
from steward.sdk.paging import chain, link_pages
from steward.sdk.records import App, Grant

SIZE = 100


@dataclass
class Grants:
    """`needs` are the permissions that the chosen credential asks for."""

    http: Http
    org: str
    profiles: Profiles
    context: Context
    needs: tuple[str, ...]
    _answered: bool = False

    def pages(self, after: Cursor) -> Pages[App | Grant]:
        self._answered = bool(after)
        passes: dict[str, Callable[[Cursor], Pages[App | Grant]]] = {
            "apps": partial(self._or_told, "GitHub Apps", self._apps),
            "authorised": partial(self._or_told, "authorised credentials", self._authorised),
        }
        if self.context.auth == APP.name:  # GitHub gives this list to apps alone
            passes["tokens"] = partial(self._or_told, "fine-grained tokens", self._tokens)
        yield from chain(after, passes)
        if not self._answered:
            raise Forbidden(_NOTHING.format(needs=self._needed()), missing=self.needs)

    def _or_told(
        self, what: str, read: Callable[[Cursor], Pages[App | Grant]], after: Cursor
    ) -> Pages[App | Grant]:
        try:
            for page in read(after):
                self._answered = True
                yield page
        except Forbidden as refused:
            yield Page((), None, (Problem(what, refused.message),))

    def _apps(self, after: Cursor) -> Pages[App | Grant]:
        for answer, cursor in self._list("installations", _APPS, after):
            yield page_of(list_of(answer, "installations"), access.installed, cursor)

    def _authorised(self, after: Cursor) -> Pages[App | Grant]:
        """Kept only where members sign on by SAML; elsewhere there is no such list."""
        try:
            for answer, cursor in self._list("credential-authorizations", _AUTHORISED, after):
                items = list_of(answer)
                ids = self.profiles.ids(access.logins(items))
                to_records = partial(access.authorised, ids, self.context.now, set())
                yield page_of(items, to_records, cursor)
        except Hidden:
            return

    def _tokens(self, after: Cursor) -> Pages[App | Grant]:
        for answer, cursor in self._list("personal-access-tokens", _TOKENS, after):
            to_records = partial(access.fine_grained, set())
            yield page_of(list_of(answer), to_records, cursor)

    def _list(self, name: str, refusal: str, after: Cursor) -> Iterator[tuple[Answer, Cursor]]:
        pages = link_pages(self.http, f"/orgs/{self.org}/{name}", after, per_page=SIZE)
        while True:
            with said_as(refusal.format(needs=self._needed())):
                page = next(pages, None)
            if page is None:
                return
            yield page

    def _needed(self) -> str:
        """GitHub's description asks of classic tokens for a scope that its form does not offer."""
        named, auth = " and ".join(self.needs), self.context.auth
        more = ", or admin:org where that is not enough" if auth == CLASSIC.name else ""
        return named if auth == APP.name else f"{named} of an owner{more}"


_NOTHING = (
    "GitHub shows no apps and no tokens that reach the organisation. The credential needs {needs}."
)
_APPS = "GitHub does not show which apps are installed; the credential needs {needs}"
_AUTHORISED = (
    "GitHub does not show which tokens members have authorised for single sign-on; the credential "
    "needs {needs}"
)
_TOKENS = (
    "GitHub does not show fine-grained tokens; the app needs the permission Personal access "
    "tokens: read"
)
