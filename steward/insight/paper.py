"""From a template to a PDF. Nothing is fetched: what a name from an app holds is text, and an
address in it leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.template.loader import render_to_string
from django.utils import timezone

from steward.insight.asking import BadRequest
from steward.insight.glyphs import boxes

ABSENT = (
    "PDF needs the library Pango, which this machine does not have; on Debian: "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


class Paper(bytes):
    """A PDF. `boxes` says which letters could not be drawn, and why; its first page says it too."""

    boxes: str = ""


def paper(template: str, facts: Mapping[str, Any]) -> Paper:
    """Raises `BadRequest` where this machine cannot make a PDF."""
    try:
        # Loads native libraries, which nobody should wait for who wants no PDF.
        from weasyprint import HTML
    except OSError:
        raise BadRequest(ABSENT) from None
    facts = {"now": timezone.now(), **facts}
    page = render_to_string(template, facts)
    if said := boxes(page):
        page = render_to_string(template, {**facts, "boxes": said})
    made = Paper(HTML(string=page, url_fetcher=_refuse).write_pdf())
    made.boxes = said
    return made


def _refuse(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError("Nothing is fetched for a PDF.")
