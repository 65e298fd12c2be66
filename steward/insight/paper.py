"""From a template to a PDF. Nothing is fetched: what a name from an app holds is text, and an
address in it leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.template.loader import render_to_string
from django.utils import timezone

from steward.insight.asking import BadRequest

ABSENT = (
    "PDF needs the library Pango, which this machine does not have; on Debian: "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def paper(template: str, facts: Mapping[str, Any]) -> bytes:
    """Raises `BadRequest` where this machine cannot make a PDF."""
    try:
        # Loads native libraries, which nobody should wait for who wants no PDF.
        from weasyprint import HTML
    except OSError:
        raise BadRequest(ABSENT) from None
    page = render_to_string(template, {"now": timezone.now(), **facts})
    made: bytes = HTML(string=page, url_fetcher=_refuse).write_pdf()
    return made


def _refuse(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError("Nothing is fetched for a PDF.")
