"""What the API takes and gives. The facts themselves are made in `steward.insight.facts`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

from steward.inventory.instance import EVERY_HOURS, HOURS_RANGE

T = TypeVar("T")


# PostgreSQL stores no NUL; pydantic itself refuses half of a surrogate pair.
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Hours = Annotated[int, Field(ge=HOURS_RANGE[0], le=HOURS_RANGE[1])]
Address = Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"})]


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("This must be a number.")
    return value


# Besides a number: true is none, though Python takes it for 1.
Whole = BeforeValidator(_no_truth)


class Given(Schema):
    """A body. A field that is not known is an error, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(Schema):
    field: str
    message: str


class ProblemOut(Schema):
    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None
    instance: int | None = None
    missing: list[str] | None = None


class Listed(Schema, Generic[T]):
    items: list[T]
    next: str | None


class NewInstance(Given):
    integration: Text
    name: Name
    settings: dict[Text, Any] = {}
    credentials: dict[Text, Any] = {}
    sync: bool = True
    auth: Text = ""
    every_hours: Hours = EVERY_HOURS
    allow_same_tenant: bool = False


class InstanceChange(Given):
    name: Name | None = None
    status: Literal["live", "inactive"] | None = None
    settings: dict[Text, Any] | None = None
    credentials: dict[Text, Any] | None = None
    auth: Text | None = None
    every_hours: Hours | None = None
    guard_share: Annotated[int, Field(ge=1, le=100)] | None = None
    guard_count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Decision(Given):
    decision: Literal["release", "dismiss"]


class Recipients(Given):
    recipients: Annotated[list[Address], Field(max_length=100)]


class StreamOut(Schema):
    name: str
    state: Literal["ok", "not_permitted", "failed", "never"]
    last_ok_at: datetime | None
    last_whole_at: datetime | None
    records: int
    error: str
    missing: list[str]


class InstanceOut(Schema):
    id: int
    integration: str
    name: str
    state: Literal["pending", "live", "failing", "inactive", "revoked", "deleting"]
    status: Literal["Live", "Inactive"]
    reason: str
    reason_code: str
    stale: bool
    tenant: str
    settings: dict[str, Any]
    every_hours: int
    guard_share: int
    guard_count: int
    created_at: datetime
    last_synced_at: datetime | None
    next_sync_at: datetime | None
    secret_expires_at: datetime | None
    accounts: int
    removals_held: int
    allowed: list[str]
    streams: list[StreamOut]


class ProblemRecord(Schema):
    record: str
    reason: str


class RunStream(Schema):
    """`read` says whether the whole list was read or changes alone."""

    name: str
    state: str
    read: Literal["all", "changes"] | None
    records: int
    set_aside: int
    problems: list[ProblemRecord]
    error: str
    missing: list[str]


class RunOut(Schema):
    id: int
    instance: int
    state: Literal["queued", "running", "parked", "succeeded", "failed", "refused", "stopped"]
    trigger: str
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    resume_at: datetime | None
    code: str
    error: str
    counts: dict[str, int]
    streams: list[RunStream]


class MomentOut(Schema):
    id: int
    at: datetime
    event: str
    before: str
    after: str
    code: str
    reason: str
    actor: str
    details: dict[str, Any]


class AccountOut(Schema):
    id: int
    instance: int
    external_id: str
    email: str
    username: str
    name: str
    status: Literal["active", "disabled", "removed"]
    kind: str
    role: str
    holds_seat: bool | None
    created_at: datetime | None
    last_active_at: datetime | None
    person: int | None
    first_seen_at: datetime
    removed_at: datetime | None


class PersonOut(Schema):
    id: int
    name: str
    email: str
    attributes: dict[str, Any]
    manager: int | None
    accounts: int
    last_active_at: datetime | None
    last_active_in: str | None
    has_left: bool
    leaver: bool


class PersonWithAccounts(PersonOut):
    emails: list[str]
    items: list[AccountOut]


class IntegrationOut(Schema):
    slug: str
    name: str
    summary: str
    category: str
    kind: str
    active_means: str
    streams: list[str]
    settings: list[dict[str, Any]]
    auth: list[dict[str, Any]]
    instances: int


class ReportOut(Schema):
    """Of one that is `saved`: who made it, whether it is shared with every member, and what it is
    made of."""

    slug: str
    title: str
    description: str
    columns: list[dict[str, Any]]
    filters: list[dict[str, Any]]
    as_of: bool
    saved: bool = False
    shared: bool = False
    owner: str | None = None
    definition: dict[str, Any] | None = None
    made_at: str | None = None
    changed_at: str | None = None


class Accepted(Schema):
    """The act has taken effect; what is left of the rows is purged behind."""

    accepted: bool = True


class ReportResult(Schema):
    """`items` have a field a column, by its name."""

    report: str
    as_of: str | None
    total: int
    provenance: dict[str, Any]
    items: list[dict[str, Any]]


class WorkerOut(Schema):
    name: str
    alive: bool
    started_at: datetime
    heartbeat_at: datetime
    syncing: list[str]


class DueOut(Schema):
    instance: int
    name: str
    next_sync_at: datetime


class FindingOut(Schema):
    """`todo` says what to do; `grave` whether nothing works until somebody does."""

    kind: str
    grave: Literal["bad", "warn", "note"]
    said: str
    todo: str
    instance: int | None
    schedule: int | None
    webhook: int | None
    since: datetime | None


class DatabaseOut(Schema):
    kind: str
    bytes: int


class HealthReport(Schema):
    version: str
    database: DatabaseOut
    workers: list[WorkerOut]
    runs: dict[str, int]
    schedules: dict[str, int]
    webhooks: dict[str, int]
    due: list[DueOut]
    findings: list[FindingOut]


class Health(Schema):
    ok: bool
    database: bool
    worker: bool
