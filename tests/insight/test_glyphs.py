"""Letters that no font can draw are said at the top of a PDF, and beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from steward.cli.app import assemble
from steward.insight import glyphs
from tests.insight.conftest import account
from tests.insight.test_printed import read

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>"""
ASK = "from steward.insight.glyphs import boxes\nfor text in {texts!r}: print(boxes(text))"


@pytest.mark.skipif(not DEJAVU.is_dir(), reason="needs fonts-dejavu-core, as Debian has it")
def test_what_the_fonts_of_a_machine_lack_is_named(tmp_path):
    (tmp_path / "fonts.conf").write_text(CONFIG.format(folder=DEJAVU, cache=tmp_path / "cache"))
    texts = ["Zoë – “Ünïcode” Жанна Ελένη", "王芳", "さくら", "김", "ไทย", "王 ไทย"]
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(texts=texts)],
        env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    both = f"{glyphs.EAST}. {glyphs.OTHERS}"
    east = glyphs.EAST
    assert done.stdout.splitlines() == ["", east, east, east, glyphs.OTHERS, both]


def test_where_pango_is_not_there_nothing_is_said(monkeypatch):
    monkeypatch.setattr(glyphs, "_LIBRARIES", ("libnothing",) * 3)
    glyphs._pango.cache_clear()
    assert glyphs.boxes("王芳") == ""
    glyphs._pango.cache_clear()


def first_page(file):
    """Where some letters have no font, the reader sees each of the others after a zero."""
    return " ".join(file.pages[0].extract_text().replace("\0", "").split())


@pytest.fixture
def eastern(app):
    if not glyphs.boxes("王芳"):
        pytest.skip("this machine has a font for Chinese")
    named = account("u1")
    app("chat", type(named)(id="u1", email=named.email, name="王芳"))


@pytest.mark.django_db
def test_a_pdf_says_it_at_its_top_and_the_command_beside_it(eastern, tmp_path):
    said = "Names in Chinese, Japanese or Korean are printed as boxes"
    text = first_page(read("users-by-application"))
    assert text.startswith(said)
    assert "fonts-noto-cjk" in text.replace(" ", "")  # a line may end after a hyphen
    file = tmp_path / "users.pdf"
    words = ["report", "run", "users-by-application", "--format", "pdf", "--output", str(file)]
    done = CliRunner().invoke(assemble(), words)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(said)
    assert "Written to" in done.stdout
    assert first_page(PdfReader(file)).startswith(said)


@pytest.mark.django_db
def test_a_pdf_whose_letters_there_are_says_nothing(app):
    app("chat", account("ann"))
    assert "printed as boxes" not in read("users-by-application").pages[0].extract_text()
