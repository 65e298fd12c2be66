"""Which administrators have a second factor.

Okta tells factors user by user, so only those are asked for who hold a role. Of a user it lists the
factors that are enrolled and that the enrolment policy they fall under still admits. A security
question is something one knows, as the password is, and is no second factor.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from steward.integrations.okta.asking import Down, Gone
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http

# Under this name it stands among what Okta sent of a user.
FIELD = "steward:second_factor"
_KNOWN = {"question", "password"}
# So many failures in a row are Okta's and not those of single users.
PATIENCE = 3


def of(http: Http, admins: Iterable[str]) -> dict[str, bool]:
    """By user. Empty where Okta does not permit the question; without those who are gone meanwhile,
    or for whom alone it fails. Where it fails for one after another, it is not about them."""
    told: dict[str, bool] = {}
    failed = 0
    for user in admins:
        try:
            told[user] = _has(http, user)
            failed = 0
        except Gone:
            continue
        except Forbidden:
            return {}
        except Down:
            failed += 1
            if failed == PATIENCE:
                raise
    return told


def _has(http: Http, user: str) -> bool:
    factors = http.get(f"/api/v1/users/{quote(user, safe='')}/factors").json()
    if not isinstance(factors, list):
        raise Unexpected("Okta answered with something else than the factors that were asked for.")
    return any(map(_counts, factors))


def _counts(factor: Any) -> bool:
    if not isinstance(factor, dict):
        raise Unexpected("Okta listed a factor that is none.")
    return factor.get("status") == "ACTIVE" and factor.get("factorType") not in _KNOWN
