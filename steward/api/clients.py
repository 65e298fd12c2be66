"""/clients: the operator's OAuth apps, for integrations whose app itself asks an admin."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from steward.api.access import actor, only_admins
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read
from steward.api.schemas import Given, Listed, Text
from steward.insight.clients import of_client, of_clients
from steward.sdk.catalogue import offering_consent
from steward.sync import acts
from steward.sync.clients import LONGEST

router = Router(tags=["clients"])

ClientId = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^\x00-\x1f\x7f]*$")]
Secret = Annotated[Text, Field(max_length=10_000)]


class ClientOut(Schema):
    """`client_id` is null where none is entered. A secret is never given."""

    integration: str
    name: str
    client_id: str | None
    redirect_uri: str
    updated_by: str
    updated_at: datetime | None


class NewClient(Given):
    """Without `client_secret` the present one stays; that of a public client is empty."""

    client_id: ClientId
    client_secret: Secret | None = None


@router.get("", response=read(Listed[ClientOut]))
def list_clients(request: HttpRequest) -> Any:
    """Every integration that has use for an OAuth app. For admins' tokens."""
    only_admins(request)
    return {"items": of_clients(), "next": None}


@router.put("/{slug}", response=created(ClientOut, 200))
def set_client(request: HttpRequest, slug: str, data: NewClient) -> Any:
    _known(slug)
    acts.set_client(slug, data.client_id, data.client_secret, actor(request))
    return of_client(slug)


@router.delete("/{slug}", response=accepted(ClientOut, 200))
def remove_client(request: HttpRequest, slug: str) -> Any:
    """Not while an instance lives by it."""
    _known(slug)
    acts.remove_client(slug)
    return of_client(slug)


def _known(slug: str) -> None:
    if slug not in offering_consent():
        raise not_found("integration with an OAuth app")
