"""Letters that no font on this machine can draw, and what to install for them.

Pango is asked itself, by the functions that WeasyPrint does not need: it says how many letters of a
text it would draw as boxes, with every font that there is.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

_LIBRARIES = ("libpangoft2-1.0", "libpango-1.0", "libgobject-2.0")
_ENDINGS = (".so.0", ".0.dylib", ".dylib", "-0.dll")
# Chinese, Japanese and Korean: radicals, kana, syllables, ideographs, and their wide forms.
_EAST = (
    (0x1100, 0x11FF),
    (0x2E80, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
EAST = (
    "Names in Chinese, Japanese or Korean are printed as boxes, as no font for them is on this "
    "server; on Debian: apt install fonts-noto-cjk"
)
OTHERS = (
    "Some letters are printed as boxes, as no font for them is on this server; on Debian: "
    "apt install fonts-noto-core"
)


def boxes(text: str) -> str:
    """A sentence on what of it would be drawn as boxes; "" where nothing is, or nobody can tell."""
    letters = sorted({c for c in text if ord(c) > 0xFF and c.isprintable() and not c.isspace()})
    east = "".join(filter(_is_east, letters))
    others = "".join(c for c in letters if c not in east)
    if not letters or (pango := _pango()) is None:
        return ""
    said = (EAST if pango.unknown(east) else "", OTHERS if pango.unknown(others) else "")
    return ". ".join(filter(None, said))


def _is_east(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _EAST)


class _Pango:
    """Raises `OSError` where the libraries are not there."""

    def __init__(self) -> None:
        pointer = ctypes.c_void_p
        self._maps, self._pango, self._objects = map(_library, _LIBRARIES)
        self._maps.pango_ft2_font_map_new.restype = pointer
        for name in ("pango_font_map_create_context", "pango_layout_new"):
            getattr(self._pango, name).restype = pointer
            getattr(self._pango, name).argtypes = [pointer]
        self._pango.pango_layout_set_text.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
        self._pango.pango_layout_get_unknown_glyphs_count.argtypes = [pointer]
        self._objects.g_object_unref.argtypes = [pointer]

    def unknown(self, text: str) -> int:
        """How many letters of it are in no font. Fonts are looked for anew each time."""
        given = text.encode()
        fonts = self._maps.pango_ft2_font_map_new()
        context = self._pango.pango_font_map_create_context(fonts)
        layout = self._pango.pango_layout_new(context)
        try:
            self._pango.pango_layout_set_text(layout, given, len(given))
            return int(self._pango.pango_layout_get_unknown_glyphs_count(layout))
        finally:
            for made in (layout, context, fonts):
                self._objects.g_object_unref(made)


@lru_cache(1)
def _pango() -> _Pango | None:
    try:
        return _Pango()
    except (OSError, AttributeError):
        return None


def _library(name: str) -> Any:
    for ending in _ENDINGS:
        try:
            return ctypes.CDLL(f"{name}{ending}")
        except OSError:
            continue
    raise OSError(name)
