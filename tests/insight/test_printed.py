"""Reports as PDF, read back with a reader of PDF."""

import io
import sys

import pytest
from pypdf import PdfReader

from steward.insight import paper, printed, reports
from steward.insight.formats import FORMATS
from steward.insight.reports import BadRequest
from steward.insight.reports.listings import PEOPLE
from tests.insight.conftest import LATELY, account

pytestmark = pytest.mark.django_db


def read(report, filters=None):
    made = b"".join(FORMATS["pdf"].write(reports.report(report).run(filters)))
    return PdfReader(io.BytesIO(made))


def test_rows_filters_and_provenance_are_on_paper(app):
    app("chat", *(account(f"u{n}", last_active_at=LATELY) for n in range(120)))
    found = read("users-by-application", {"q": "u1"})
    text = "\n".join(page.extract_text() for page in found.pages)
    assert text.count("@corp.example") == 31
    assert "From 1 instance" in text
    assert f"{LATELY:%Y-%m-%d %H:%M}" in text
    assert len(found.pages) > 1
    assert all("Last active" in page.extract_text() for page in found.pages)
    assert f"Page 1 of {len(found.pages)}" in found.pages[0].extract_text()
    assert found.pages[0].mediabox.width > found.pages[0].mediabox.height


def test_making_it_is_not_told_step_by_step(app, caplog):
    app("chat", account("u1"))
    read("users-by-application")
    assert [r.name for r in caplog.records if r.name.startswith(("weasyprint", "fontTools"))] == []


def test_paper_has_the_columns_of_the_page_or_those_that_were_chosen(app):
    app("chat", account("ann", attributes={"department": "Legal", "location": "Oslo"}))
    usual = printed.on_paper(PEOPLE.run())
    assert "Location" not in [column.label for column in usual]
    chosen = printed.on_paper(PEOPLE.run(columns=["name", "location"]))
    assert [column.label for column in chosen] == ["Name", "Location"]


def test_what_does_not_fit_is_said(app, monkeypatch):
    monkeypatch.setattr(printed, "MOST_ROWS", 3)
    app("chat", *(account(f"u{n}") for n in range(5)))
    text = read("users-by-application").pages[0].extract_text()
    assert "The last 2 of 5 rows are not printed" in text
    assert text.count("@corp.example") == 3


def test_names_from_apps_are_text_and_fetch_nothing(app, monkeypatch):
    asked = []
    monkeypatch.setattr(paper, "_refuse", lambda url, *_, **__: asked.append(url))
    evil = account("u1")
    app("chat", type(evil)(id="u1", email=evil.email, name='<img src="http://127.0.0.1:1/x">'))
    assert "<img" in read("users-by-application").pages[0].extract_text().replace("\n", "")
    assert asked == []


def test_a_machine_without_pango_says_what_to_install(app, monkeypatch):
    class Absent:
        def find_spec(self, name, *_):
            if name == "weasyprint":
                raise OSError("cannot load library 'libgobject-2.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(BadRequest, match="apt install libpango"):
        read("users-by-application")
