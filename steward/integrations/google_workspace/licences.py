"""Licences: who holds which, product by product. How many were bought this API does not tell.

Products: developers.google.com/workspace/admin/licensing/v1/how-tos/products. Cloud Identity Free
is left out: nobody pays for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from steward.integrations.google_workspace import mapping
from steward.integrations.google_workspace.addresses import Addresses
from steward.integrations.google_workspace.google import Google, Object, list_of
from steward.integrations.google_workspace.refusals import Gone, Invalid
from steward.sdk.connector import Cursor, Pages, page_of
from steward.sdk.paging import Walk, fan_out
from steward.sdk.records import License, Seat

PRODUCTS = {
    "Google-Apps": "Google Workspace",
    "101031": "Google Workspace for Education",
    "101037": "Google Workspace for Education",
    "101034": "Google Workspace Archived User",
    "101047": "Gemini",
    "101068": "Gemini Business",
    "101005": "Cloud Identity Premium",
    "101033": "Google Voice",
    "101035": "Cloud Search",
    "101036": "Google Meet Global Dialing",
    "101038": "AppSheet",
    "101039": "Assured Controls",
    "101040": "Chrome Enterprise",
    "101043": "Google Workspace Additional Storage",
    "101049": "Education Endpoint Management",
    "101050": "Colab",
    "Google-Chrome-Device-Management": "Google Chrome Device Management",
    "Google-Drive-storage": "Google Drive Storage",
    "Google-Vault": "Google Vault",
}
_FIELDS = "nextPageToken,items(userId,skuId,skuName)"


def pages(google: Google, after: Cursor) -> Pages[License | Seat]:
    read = partial(_product, google, google.customer(), _addresses(google))
    yield from fan_out(after, PRODUCTS, str, read)


def _addresses(google: Google) -> Addresses:
    known = Addresses()
    for answer, _ in google.users(None, "id,primaryEmail"):
        for user in list_of(answer, "users"):
            known.add(str(user["primaryEmail"]), str(user["id"]))
    return known


def _product(
    google: Google, customer: str, known: Addresses, product: str, after: Cursor
) -> Pages[License | Seat]:
    """A kind of licence is told of where it is first met."""
    after = after or {}
    told = set(after.get("told", ()))
    params = {"customerId": customer, "maxResults": 1000, "fields": _FIELDS}
    walk = google.licences(product, after.get("at"), **params)
    for answer, cursor in walk if after else _if_any(walk):
        page = page_of(list_of(answer, "items"), partial(_records, told, known, product))
        yield page.going_on_at({"at": cursor, "told": sorted(told)} if cursor else None)


def _if_any(walk: Walk) -> Walk:
    """A product that Google does not sell (any more) is refused at its first page."""
    try:
        yield next(walk)
    except (Gone, Invalid, StopIteration):
        return
    yield from walk


def _records(
    told: set[str], known: Addresses, product: str, item: Object
) -> Iterator[License | Seat]:
    account = known.account(str(item["userId"]))
    if str(item["skuId"]) not in told:
        told.add(str(item["skuId"]))
        yield mapping.license_of(PRODUCTS[product], item)
    if account:
        yield mapping.seat(account, item)
