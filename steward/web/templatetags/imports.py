"""Rows of an import, as pages show them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from steward.web.templatetags.steward import known

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
        return format_html("{}: {}", change["label"], after)
    return format_html("{}: <s>{}</s> → {}", change["label"], _entered(change["before"]), after)


def _entered(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return known(value)
