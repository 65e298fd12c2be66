"""What is wrong with a question."""

from __future__ import annotations


class BadRequest(Exception):
    """Something is asked for that there is not; the text says what there is, or what to give."""
