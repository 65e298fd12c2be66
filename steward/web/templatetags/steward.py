"""What templates need beyond Django's own tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from steward.insight import access_filters
from steward.insight.charts import Chart
from steward.insight.findings.catalogue import title_of
from steward.insight.grants import how_for_all
from steward.insight.provenance import age
from steward.inventory.company import Company
from steward.inventory.lifecycle import Act, State
from steward.inventory.money import sees_money as may_see_money
from steward.inventory.money import text as money_text
from steward.web.tables import Cell

register = template.Library()

_STATES = {
    State.PENDING: ("azure", "Live", "first sync"),
    State.LIVE: ("green", "Live", "healthy"),
    State.FAILING: ("orange", "Live", "failing"),
    State.INACTIVE: ("secondary", "Inactive", "switched off"),
    State.REVOKED: ("red", "Inactive", "refused by the app"),
}
_STREAMS = {
    "ok": ("green", "read"),
    "not_permitted": ("orange", "not permitted"),
    "failed": ("red", "failed"),
    "never": ("secondary", "not read yet"),
}
_RUNS = {
    "queued": ("azure", "waiting"),
    "running": ("azure", "running"),
    "parked": ("azure", "waiting, goes on by itself"),
    "succeeded": ("green", "succeeded"),
    "failed": ("red", "failed"),
    "refused": ("red", "refused"),
    "stopped": ("secondary", "stopped"),
}
_EVENTS = {
    "connected": "Connected",
    "succeeded": "Synced well",
    "failed": "Sync failed",
    "refused": "Credential refused",
    "deactivated": "Switched off",
    "reactivated": "Set to Live",
    "reconnected": "Connected anew",
    "credential_replaced": "New credential entered",
    "deleted": "Deleted",
    "renamed": "Renamed",
    "guard_changed": "Removal guard changed",
    "users_deleted": "All users deleted",
    "sync_stopped": "Sync stopped",
    "believed": "Believed about who works here",
    "not_believed": "Not believed about who works here any more",
    "secret_expires": "Credential ends soon",
    "removals_held": "Removals held",
    "removals_released": "Removals let through",
    "removals_dismissed": "Removals dismissed",
}
_STATUSES = {
    "active": "green",
    "disabled": "secondary",
    "removed": "red",
    "approved": "green",
    "unapproved": "red",
    "unconfirmed": "secondary",
    "open": "orange",
    "accepted": "azure",
    "ended": "secondary",
}
_RISKS = {
    "critical": "red",
    "high": "orange",
    "medium": "yellow",
    "low": "green",
    access_filters.UNKNOWN: "secondary",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#tabler-{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def chart_data(chart: Chart, id: str) -> SafeString:
    return json_script(chart.drawn, f"{id}-data")


def _badge(colour: str, word: str) -> SafeString:
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, word)


@register.filter
def state_badge(instance: Any) -> SafeString:
    """Live or Inactive, and how it does."""
    colour, status, health = _STATES[State(instance.state)]
    return _badge(colour, f"{status} · {health}")


@register.filter
def stream_badge(state: str) -> SafeString:
    return _badge(*_STREAMS.get(state, ("secondary", state)))


@register.filter
def run_badge(state: str) -> SafeString:
    return _badge(*_RUNS.get(state, ("secondary", state)))


@register.filter
def status_badge(status: str) -> SafeString:
    return _badge(_STATUSES.get(status, "secondary"), status)


@register.filter
def risk_badge(risk: str | int | None) -> SafeString:
    """A word, or the level of a grant."""
    said = risk if isinstance(risk, str) else access_filters.word(risk)
    return _badge(_RISKS[said], "not known" if said == access_filters.UNKNOWN else said)


register.filter("rule_title", title_of)


@register.filter
def granted_by(grant: Any) -> str:
    """What is said before the name of whoever let an app in for everybody."""
    return how_for_all(grant).by


@register.filter
def event_word(event: str) -> str:
    return _EVENTS.get(event) or worded(event)


@register.filter
def worded(name: str) -> str:
    """A name from an app or from the code, as a person would write it."""
    said = name.replace("_", " ").capitalize()
    return f"MFA{said[3:]}" if said.split(" ")[0] == "Mfa" else said


@register.filter
def stated(value: Any) -> Any:
    """What an app says of somebody: a yes or a no where that is all it says."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


@register.filter
def ago(given: datetime | str | None) -> SafeString | str:
    """How long ago, with the moment itself on hover and for machines."""
    if given is None:
        return "never"
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    is_future = moment > timezone.now()
    said = f"in {age(timezone.now(), moment)}" if is_future else f"{age(moment)} ago"
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(),
        moment.strftime("%-d %B %Y, %H:%M"),
        said,
    )


@register.filter
def grouped(value: Any) -> str:
    """Whole numbers with a comma at each thousand."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter
def known(value: Any) -> str:
    """What nobody can tell is a dash, never a zero."""
    return "–" if value is None or value == "" else str(value)


@register.filter
def money(amount: Decimal | str | None, currency: str = "") -> str:
    """In the company's currency, where no other is said. A template makes "" of a cost that there
    is none of."""
    if amount is None or amount == "":
        return "–"
    return money_text(Decimal(amount), currency or Company.get().currency)


@register.filter
def rate(value: Decimal) -> str:
    return f"{value.normalize():f}"


@register.filter
def sees_money(member: Any) -> bool:
    return may_see_money(member.is_admin)


@register.filter
def day(value: date | None) -> SafeString | str:
    if value is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%-d %B %Y}")


@register.filter
def differences(edit: Any) -> list[tuple[str, Any, Any]]:
    """What an edit has changed: each field with what it was and what it is, without what is empty
    and without numbers of rows."""
    names = [name for name in {**edit.before, **edit.after} if name not in _ROWS]
    found = [(name, edit.before.get(name), edit.after.get(name)) for name in names]
    return [(name, before, after) for name, before, after in found if before or after]


_ROWS = ("id", "key", "licence", "licence_id", "application", "application_id", "created_at")


@register.filter
def day_of(text: str) -> SafeString | str:
    """Of a day as JSON has it."""
    return day(date.fromisoformat(text))


SCOPES_SHOWN = 3


@register.filter
def scopes(names: list[str]) -> SafeString:
    """The first few, and all of them on opening."""
    shown, rest = _codes(names[:SCOPES_SHOWN]), names[SCOPES_SHOWN:]
    if not rest:
        return format_html('<div class="scopes">{}</div>', shown)
    more = '<div class="scopes">{} <details><summary>and {} more</summary>{}</details></div>'
    return format_html(more, shown, len(rest), _codes(rest))


def _codes(names: list[str]) -> SafeString:
    return format_html_join(" ", '<code class="text-break">{}</code>', ((name,) for name in names))


@register.filter
def tags(names: list[str]) -> SafeString:
    pill = '<span class="badge bg-secondary-lt" dir="auto">{}</span>'
    return format_html_join(" ", pill, ((name,) for name in names))


@register.filter
def can(instance: Any, act: str) -> bool:
    return instance.may(Act(act))


@register.filter
def cell(cell: Cell) -> SafeString | str:
    """A value as its column asks for it."""
    text = _cell_text(cell)
    return format_html('<a href="{}">{}</a>', cell.href, text) if cell.href else text


def _cell_text(cell: Cell) -> Any:
    value: Any = cell.value
    if value is None or value in ("", []):
        nothing = "–" if cell.column.kind != "bool" else "not known"
        return format_html('<span class="text-secondary text-nowrap">{}</span>', nothing)
    if cell.column.kind == "money":
        return money(value, cell.currency)
    if cell.column.name in ("status", "state") and value in _STATUSES:
        return status_badge(value)
    if cell.column.name in ("risk", "grade"):
        return risk_badge(value)
    if cell.column.name == "tags":
        return tags(value)
    write = _WRITTEN.get(cell.column.kind)
    return write(value) if write else value


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "moment": ago,
    "date": day,
    "bool": lambda value: "yes" if value else "no",
    "list": scopes,
    "percent": lambda value: f"{value}%",
    "month": lambda value: f"{value:%B %Y}",
    "rate": rate,
}
