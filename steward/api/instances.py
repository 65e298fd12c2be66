"""/instances: connect them and live their whole life."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from steward.api.access import actor, maker
from steward.api.paging import Id, Page, page_of
from steward.api.problems import Problem, not_found
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import (
    Accepted,
    AccountOut,
    Decision,
    InstanceChange,
    InstanceOut,
    Listed,
    MomentOut,
    NewInstance,
    RunOut,
)
from steward.insight import facts
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sync import acts

router = Router(tags=["instances"])

# Read by hand: whoever does not say it gets 400 and what would go, not a word about a parameter.
UNDERSTOOD = [
    {
        "name": "understood",
        "in": "query",
        "required": True,
        "schema": {"type": "boolean", "enum": [True]},
    }
]


@router.post("", response=created(InstanceOut))
def connect(request: HttpRequest, data: NewInstance) -> Any:
    """Connect an instance. The credential is tested first; nothing is saved if it is refused."""
    instance = acts.connect(
        data.integration,
        name=data.name,
        settings=data.settings,
        credentials=data.credentials,
        auth=data.auth,
        by=actor(request),
        member=maker(request),
        sync=data.sync,
        every_hours=data.every_hours,
        allow_same_tenant=data.allow_same_tenant,
    )
    return Status(201, facts.of_instance(instance))


@router.get("", response=read(Listed[InstanceOut]))
def list_instances(request: HttpRequest, page: Page) -> Any:
    return page_of(Instance.objects.present(), page, facts.of_instances)


@router.get("/{id}", response=read_one(InstanceOut))
def get_instance(request: HttpRequest, id: Id) -> Any:
    return facts.of_instance(found(id))


@router.patch("/{id}", response=created(InstanceOut, 200))
def edit_instance(request: HttpRequest, id: Id, data: InstanceChange) -> Any:
    """Name, status, schedule, settings, credential: whatever is given, all of it or nothing."""
    instance = acts.edit(found(id), by=actor(request), **data.model_dump(exclude_unset=True))
    return facts.of_instance(instance)


@router.delete("/{id}", response=accepted(Accepted, 400), openapi_extra={"parameters": UNDERSTOOD})
def delete_instance(request: HttpRequest, id: Id) -> Any:
    """It cannot be undone, so `understood=true` must be said."""
    instance = found(id)
    if request.GET.get("understood", "").lower() != "true":
        raise Problem(
            400,
            "not_understood",
            f"Deleting {instance.name} takes with it {acts.what_goes(instance)}, and cannot be "
            "undone. Say understood=true to do it.",
        )
    acts.delete(instance, by=actor(request))
    return Status(202, {"accepted": True})


@router.delete("/{id}/accounts", response=accepted(Accepted))
def delete_accounts(request: HttpRequest, id: Id) -> Any:
    """Delete all users that were read; the next sync reads them anew."""
    acts.delete_users(found(id), by=actor(request))
    return Status(202, {"accepted": True})


@router.post("/{id}/runs", response=accepted(RunOut))
def sync(request: HttpRequest, id: Id) -> Any:
    """Ask for a sync; the open run is joined where there is one."""
    return Status(202, facts.of_run(acts.request_sync(found(id), by=actor(request))))


@router.get("/{id}/runs", response=read_one(Listed[RunOut]))
def list_runs(request: HttpRequest, id: Id, page: Page) -> Any:
    rows = Run.objects.filter(instance=found(id))
    return page_of(rows, page, lambda runs: map(facts.of_run, runs), newest_first=True)


@router.post("/{id}/runs/{run}/stop", response=accepted(RunOut))
def stop_run(request: HttpRequest, id: Id, run: Id) -> Any:
    row = Run.objects.filter(instance=found(id), pk=run).first()
    if row is None:
        raise not_found("run")
    return Status(202, facts.of_run(acts.stop_run(row, by=actor(request))))


@router.get("/{id}/moments", response=read_one(Listed[MomentOut]))
def list_moments(request: HttpRequest, id: Id, page: Page) -> Any:
    """What has happened to the instance, newest first."""
    rows = found(id).moments.all()
    return page_of(rows, page, lambda moments: map(facts.of_moment, moments), newest_first=True)


@router.get("/{id}/removals", response=read_one(Listed[AccountOut]))
def list_removals(request: HttpRequest, id: Id, page: Page) -> Any:
    """Who would go if the held removals were let through."""
    instance = found(id)
    rows = acts.removals(instance) if instance.removals_held else acts.removals(instance).none()
    rows = rows.select_related("instance")
    return page_of(rows, page, lambda accounts: map(facts.of_account, accounts))


@router.post("/{id}/removals", response=accepted(InstanceOut, 200, 400))
def decide_removals(request: HttpRequest, id: Id, data: Decision) -> Any:
    instance = found(id)
    if data.decision == "release":
        acts.release_removals(instance, by=actor(request))
    else:
        acts.dismiss_removals(instance, by=actor(request))
    return facts.of_instance(instance)


def found(id: int) -> Instance:
    instance: Instance | None = Instance.objects.present().filter(pk=id).first()
    if instance is None:
        raise not_found("instance")
    return instance
