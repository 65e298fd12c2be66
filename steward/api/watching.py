"""/health: how Steward itself does, for those who run it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from steward.api.access import only_admins
from steward.api.responses import read
from steward.api.schemas import HealthReport
from steward.insight import health

router = Router(tags=["watching"])


@router.get("/health", response=read(HealthReport))
def health_report(request: HttpRequest) -> Any:
    """What is due, what is late, what is stuck and why, and what to do. For admins' tokens."""
    only_admins(request)
    return health.report()
