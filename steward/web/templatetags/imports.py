"""Rows of an import, as pages show them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from steward.web.templatetags.steward import known, worded

register = template.Library()

_VERDICTS = {
    "new": ("green", "new"),
    "changed": ("azure", "changed"),
    "same": ("secondary", "the same"),
    "error": ("red", "error"),
}


@register.filter
def verdict_badge(verdict: str) -> SafeString:
    colour, word = _VERDICTS[verdict]
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, word)


@register.filter
def change_text(change: dict[str, Any]) -> SafeString:
    """A field with what it is and will be."""
    after = _entered(change["after"])
    if change["before"] in (None, "", []):
        return format_html("<div>{}: {}</div>", worded(change["field"]), after)
    before = _entered(change["before"])
    return format_html("<div>{}: <s>{}</s> → {}</div>", worded(change["field"]), before, after)


@register.filter
def fields_text(row: Any) -> SafeString:
    """What an import did to one object."""
    before = row.before or {}
    changes = [
        {"field": name, "before": before.get(name), "after": value}
        for name, value in row.after.items()
    ]
    return format_html_join("", "{}", ((change_text(c),) for c in changes if _is_said(c)))


def _is_said(change: dict[str, Any]) -> bool:
    return not (change["before"] in (None, "", [], {}) and change["after"] in (None, "", [], {}))


def _entered(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{worded(name)}: {_entered(part)}" for name, part in value.items()) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) and value else known(value or "")
