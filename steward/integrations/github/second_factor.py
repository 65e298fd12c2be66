"""Who has no second factor, which GitHub tells to owners alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from steward.integrations.github.mapping import ids, list_of
from steward.integrations.github.refusals import RULES
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden
from steward.sdk.http import Http
from steward.sdk.paging import link_pages
from steward.sdk.rules import Rule

# Of these lists GitHub documents 422 as its answer to whoever is no owner. Elsewhere it means a
# question that makes no sense, so these are asked by a client of their own.
_NOT_AN_OWNER = Rule(status=422, error=Forbidden, message="GitHub tells this to owners alone.")


@dataclass
class SecondFactor:
    http: Http

    @classmethod
    def of(
        cls, context: Context, url: str, sign: httpx2.Auth, headers: dict[str, str]
    ) -> SecondFactor:
        rules = (_NOT_AN_OWNER, *RULES)
        return cls(Http(context, url, auth=sign, headers=headers, rules=rules))

    def close(self) -> None:
        self.http.close()

    def lacking(self, path: str) -> frozenset[Any] | None:
        """Ids of those on that list without one; None where GitHub does not tell."""
        walk = link_pages(self.http, path, None, per_page=100, filter="2fa_disabled")
        try:
            return frozenset(own_id for answer, _ in walk for own_id in ids(list_of(answer)))
        except Forbidden:
            return None


def told(lacking: frozenset[Any] | None, own_id: Any) -> dict[str, bool]:
    return {} if lacking is None else {"mfa": own_id not in lacking}
