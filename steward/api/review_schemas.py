"""What the API takes and gives of access reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from steward.api.days import Day
from steward.api.paging import Id, PageQuery
from steward.api.schemas import Given, Name, Text
from steward.ledger.deciding import LONGEST_COMMENT
from steward.ledger.entered import LONGEST_NOTE
from steward.ledger.review_input import MOST_APPLICATIONS, MOST_MEMBERS

ReviewState = Literal["draft", "starting", "open", "closing", "closed", "cancelled"]
ItemDecision = Literal["keep", "remove"]
Period = Literal[30, 60, 90]
Ways = Literal["members", "business_owner", "technical_owner", "manager"]
Comment = Annotated[Text, Field(max_length=LONGEST_COMMENT)]
Note = Annotated[Text, Field(max_length=LONGEST_NOTE)]
MOST_ITEMS = 1_000
Address = Annotated[Text, Field(max_length=254, json_schema_extra={"format": "email"})]


class ReviewedApplication(Given):
    """`members` are addresses of members of Steward, for `reviewers: members`; they share the
    accounts."""

    application: Id
    reviewers: Ways = "business_owner"
    members: Annotated[list[Address], Field(max_length=MOST_MEMBERS, default_factory=list)]


class NewReview(Given):
    """`fallback`, the address of a member, decides where nobody else is found; without it whoever
    made the token. With `start` the accounts are written down at once."""

    name: Name
    due_on: Day
    applications: Annotated[
        list[ReviewedApplication], Field(min_length=1, max_length=MOST_APPLICATIONS)
    ]
    description: Note = ""
    days: Period = 90
    fallback: Address | None = None
    start: StrictBool = False


class ReviewChange(Given):
    """`state` is an act: `open` starts a draft, `closed` and `cancelled` end it. `even_undecided`
    closes it although accounts are undecided. Applications, days and fallback are a draft's."""

    name: Name | None = None
    description: Note | None = None
    due_on: Day | None = None
    days: Period | None = None
    fallback: Address | None = None
    applications: (
        Annotated[list[ReviewedApplication], Field(min_length=1, max_length=MOST_APPLICATIONS)]
        | None
    ) = None
    state: Literal["open", "closed", "cancelled"] | None = None
    even_undecided: StrictBool = False


class ReviewedApplicationOut(Schema):
    application: int
    reviewers: Ways
    members: list[str]


class ReviewOut(Schema):
    """`items` counts the accounts. `sha256` is that of the evidence as CSV when it was closed.
    While it is `closing`, `sealed` says how many of them have been read for it."""

    id: int
    name: str
    description: str
    state: ReviewState
    due_on: str
    days: int
    fallback: str
    applications: list[ReviewedApplicationOut]
    created_by: str
    created_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    sha256: str | None
    sealed: int | None
    items: int
    undecided: int
    keep: int
    remove: int


class ReviewItemOut(Schema):
    """The account as it was when the review began. `days_active` are those of the review's period,
    null where nobody tells; `read_at` says when its instance had been read last."""

    id: int
    review: int
    application: int
    application_name: str
    instance: int
    instance_name: str
    read_at: datetime | None
    account: int
    external_id: str
    name: str
    email: str
    username: str
    kind: str
    status: str
    role: str
    holds_seat: bool | None
    last_active_at: datetime | None
    days_active: int | None
    activity_told_by: Literal["direct", "sign-ins"] | None
    person: int | None
    person_name: str
    department: str
    standing: Literal["here", "away", "left"] | None
    reviewer: str
    decision: ItemDecision | None
    comment: str
    decided_by: str | None
    decided_at: datetime | None


class ReviewQuery(PageQuery):
    state: ReviewState | None = None


class ReviewItemQuery(PageQuery):
    """`reviewer` is a member's address."""

    reviewer: Address = ""
    application: Id | None = None
    decision: Literal["keep", "remove", "undecided"] | None = None


class ItemDecided(Given):
    decision: ItemDecision
    comment: Comment = ""


class ItemsFitting(Given):
    """As on the page: `reviewer` is a member's address, `used` whether the account was active in
    the review's period, `standing` the person's, `q` a part of name, e-mail or role. What is not
    given does not narrow."""

    reviewer: Address | None = None
    application: Id | None = None
    decision: Literal["keep", "remove", "undecided"] | None = None
    used: Literal["no", "yes", "unknown"] | None = None
    standing: Literal["here", "away", "left", "none"] | None = None
    q: Annotated[Text, Field(max_length=200)] = ""


class ItemsDecided(ItemDecided):
    """Either `items` by their numbers, or all that are `fitting`."""

    items: Annotated[list[Id], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    fitting: ItemsFitting | None = None


class BulkDecisionOut(Schema):
    """A decision on all `accounts` that fitted when it was taken. It is written to them behind:
    `looked_at` of them so far. `left_alone` were decided by somebody meanwhile, or given away.
    `stopped` where the review was cancelled."""

    id: int
    review: int
    decision: ItemDecision
    comment: str
    asked: dict[str, str]
    state: Literal["running", "done", "stopped"]
    accounts: int
    looked_at: int
    decided: int
    left_alone: int
    by: str
    at: datetime
    ended_at: datetime | None


class Reassigned(Given):
    """What is undecided goes to `reviewer`: all of it, or narrowed by who has it (`of`), by
    application, or to these items."""

    reviewer: Address
    of: Address | None = None
    application: Id | None = None
    items: Annotated[list[Id], Field(max_length=MOST_ITEMS)] | None = None


class Reminded(Given):
    """Without `reviewer` everybody who has something left."""

    reviewer: Address | None = None


class Counted(Schema):
    """How many accounts, or mails, it was."""

    count: int
