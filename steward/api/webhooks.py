"""/webhooks: where programs are told of what happens, and what was delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool

from steward.api.access import actor
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Accepted, Given, Listed, Name, Text
from steward.insight import webhooks as insight
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.ledger.webhooks import LONGEST_URL
from steward.notify import webhooks as notify
from steward.notify.events import CHOOSABLE, EVENTS

router = Router(tags=["webhooks"])

Url = Annotated[Text, Field(min_length=1, max_length=LONGEST_URL)]
WebhookEvents = Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=50)]
WebhookSecret = Annotated[Text, Field(max_length=200)]


class WebhookEvent(Schema):
    """One that cannot be `chosen` goes where something names the webhook."""

    name: str
    says: str
    chosen: bool


class WebhookOut(Schema):
    """`url` without what may be secret in it. `disabled_why` says why Steward has disabled it;
    `waiting` counts the messages not delivered yet."""

    id: int
    name: str
    url: str
    events: list[str]
    enabled: bool
    waiting: int
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_why: str
    made_by: str
    made_at: datetime


class WebhookMade(WebhookOut):
    """With the secret, which is never given again."""

    secret: str


class NewWebhook(Given):
    """Without `secret`, Steward makes one."""

    name: Name
    url: Url
    events: WebhookEvents = Field(default_factory=list)
    secret: WebhookSecret = ""


class WebhookChange(Given):
    """What is not given stays."""

    name: Name = ""
    url: Url = ""
    events: WebhookEvents = Field(default_factory=list)
    enabled: StrictBool = True


class Rotation(Given):
    secret: WebhookSecret = ""


class Try(Schema):
    at: datetime
    status: int | None
    milliseconds: int
    error: str


class DeliveryOut(Schema):
    """`status`, `error` and `milliseconds` are those of the last of the `tries`."""

    id: int
    message: str
    event: str
    state: Literal["queued", "delivered", "given_up"]
    attempts: int
    next_try_at: datetime | None
    status: int | None
    error: str
    milliseconds: int | None
    tries: list[Try]
    created_at: datetime
    delivered_at: datetime | None


@router.get("", response=read(Listed[WebhookOut]))
def list_webhooks(request: HttpRequest, page: Page) -> Any:
    return page_of(insight.webhooks(), page, lambda rows: map(insight.facts_of, rows))


@router.post("", response=created(WebhookMade))
def create_webhook(request: HttpRequest, data: NewWebhook) -> Any:
    row, secret = acts.create(data.dict(), known=CHOOSABLE, by=actor(request))
    return 201, {**_facts(row.pk), "secret": secret}


@router.get("/events", response=read(Listed[WebhookEvent]))
def list_events(request: HttpRequest) -> Any:
    """What a webhook can be told of."""
    items = [{"name": e.name, "says": e.says, "chosen": e.chosen} for e in EVENTS.values()]
    return {"items": items, "next": None}


@router.get("/{id}", response=read_one(WebhookOut))
def get_webhook(request: HttpRequest, id: Id) -> Any:
    return _facts(id)


@router.patch("/{id}", response=created(WebhookOut, 200))
def edit_webhook(request: HttpRequest, id: Id, data: WebhookChange) -> Any:
    """`enabled` again, it begins anew, and what waits is delivered."""
    given = data.dict(exclude_unset=True)
    acts.edit(_found(id), given, known=CHOOSABLE, by=actor(request))
    return _facts(id)


@router.delete("/{id}", response=accepted(Accepted, 200))
def delete_webhook(request: HttpRequest, id: Id) -> Any:
    """With its messages. 409 `in_use` while a schedule sends to it."""
    acts.delete(_found(id), by=actor(request))
    return {"accepted": True}


@router.post("/{id}/rotate", response=created(WebhookMade, 200))
def rotate_secret(request: HttpRequest, id: Id, data: Rotation) -> Any:
    """For a day the former secret signs too."""
    secret = acts.rotate(_found(id), data.secret, by=actor(request))
    return {**_facts(id), "secret": secret}


@router.post("/{id}/test", response=accepted(DeliveryOut, 200))
def test_webhook(request: HttpRequest, id: Id) -> Any:
    """One message, tried once and at once, for ten seconds at most."""
    return insight.facts_of_delivery(notify.test(_found(id), actor(request)))


@router.get("/{id}/deliveries", response=read_one(Listed[DeliveryOut]))
def list_deliveries(request: HttpRequest, id: Id, page: Page) -> Any:
    """The newest first; they are kept for 30 days."""
    rows, of = insight.deliveries_of(_found(id)), insight.facts_of_delivery
    return page_of(rows, page, lambda found: map(of, found), newest_first=True)


@router.post("/{id}/deliveries/{delivery}/redeliver", response=accepted(DeliveryOut))
def redeliver(request: HttpRequest, id: Id, delivery: Id) -> Any:
    """The same message under its own id, as soon as may be. 409 `disabled` or `is_test`."""
    row = WebhookDelivery.objects.select_related("webhook").filter(pk=delivery, webhook=id).first()
    if row is None:
        raise not_found("delivery")
    acts.redeliver(row, by=actor(request))
    row.refresh_from_db()
    return 202, insight.facts_of_delivery(row)


def _found(id: int) -> Webhook:
    row: Webhook | None = Webhook.objects.filter(pk=id).first()
    if row is None:
        raise not_found("webhook")
    return row


def _facts(id: int) -> Any:
    row = insight.webhooks().filter(pk=id).first()
    if row is None:
        raise not_found("webhook")
    return insight.facts_of(row)
