"""A file to begin with: the headings that are understood, and one row as an example."""

from __future__ import annotations

import csv
import io

from steward.ledger.imports.kinds import kind_of


def template(slug: str) -> bytes:
    fields = kind_of(slug).fields()
    text = io.StringIO()
    lines = [[field.label for field in fields], [field.example for field in fields]]
    csv.writer(text).writerows(lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
