"""The evidence of an access review: its bytes, its paper, and what is to be removed."""

import csv
import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from steward.insight import evidence, reports, reviews
from steward.insight import printed as printing
from steward.insight.reports import BadRequest
from steward.insight.reports.datasets.compiling import previewed
from steward.inventory.review import ReviewDecision, ReviewItem
from steward.ledger import deciding
from steward.work import sealing
from tests.insight.conftest import account
from tests.ledger.reviewing import BY, begun, members, reviewed, say

__all__ = ["members", "reviewed"]
pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 12, 30, 1, 500, tzinfo=UTC)


@pytest.fixture
def decided(reviewed, members):
    review = begun()
    say(review, members["rita"], "keep", "ann", comment="In use; asked")
    say(review, members["admin"], "remove", "ann")
    say(review, members["rita"], "remove", "gone")
    deciding.reassign(review, "bob@corp.example", by=BY, of=members["admin"])
    say(review, members["bob"], "keep", "bot", "rita")
    return review


def rows(review):
    text = b"".join(evidence.csv(review)).decode("utf-8-sig")
    return {row["Number in the app"]: row for row in csv.DictReader(io.StringIO(text))}


def test_it_says_who_decided_what_when_on_which_data(decided, reviewed):
    found = rows(decided)
    ann = found["ann"]
    assert (ann["Decision"], ann["Decided by"], ann["Days active"]) == ("remove", BY, "4")
    assert ann["Before that"].startswith("keep by rita@corp.example at 2")
    assert ann["Before that"].endswith("(In use; asked)")
    assert ann["Data read"] and ann["Decided at"]  # noqa: PT018
    assert found["gone"]["Standing"] == "has left"
    assert found["bot"]["Account"] == "'=Bot"
    assert "given to bob@corp.example by admin@corp.example" in found["bot"]["Before that"]
    reviewed.now_says(account("ann", role="owner"))
    assert rows(decided) == found


def test_its_bytes_never_change(decided):
    """Whoever changes them breaks the seal of every review that was closed before."""
    ReviewItem.objects.exclude(external_id="ann").delete()
    ReviewItem.objects.update(read_at=AT, decided_at=AT, last_active=AT)
    ReviewDecision.objects.update(at=AT)
    number = ReviewItem.objects.get().pk
    lines = b"".join(evidence.csv(decided)).decode("utf-8-sig").splitlines()
    moment = "2026-11-25T12:30:01.000500Z"
    assert lines == [
        (
            "Item,Application,Instance,Data read,Number in the app,Account,E-mail,User name,Kind,"
            "Status,Role,Paid seat,Last active,Days active,Activity told by,Person,Department,"
            "Standing,Reviewer,Decision,Comment,Decided by,Decided at,Before that"
        ),
        (
            f"{number},Scripted,chat,{moment},ann,Ann,ann@corp.example,,person,active,member,,"
            f"{moment},4,direct,Ann,,works here,rita@corp.example,remove,,{BY},{moment},"
            f"keep by rita@corp.example at {moment} (In use; asked)"
        ),
    ]


def test_on_paper_it_has_a_cover_and_every_decision(decided, monkeypatch):
    sealing.close(decided, by=BY)
    text = read(decided)
    for said in (decided.digest, "Who reviewed", "On which data", "rita@corp.example", "chat"):
        assert said in text, said
    assert text.count("remove") >= 2
    assert "not what it was" not in text
    monkeypatch.setattr(evidence, "MOST_ROWS", 3)
    assert "The last 1 of 4 accounts are not printed" in read(decided)
    ReviewItem.objects.filter(external_id="bot").update(comment="Later")
    assert "The evidence is not what it was" in read(decided)


def read(review):
    made = b"".join(evidence.pdf_of(review))
    pages = PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_later_syncs_say_whether_what_is_to_be_removed_has_gone(decided, reviewed):
    def now():
        result = reports.report("review-removals").run({"review": str(decided.pk)})
        return {r["name"]: r["now"] for r in result.records()}

    assert now() == {"Ann": "still works", "Gone": "still works"}
    reviewed.now_says(account("ann", status="disabled"), account("rita"))
    assert now() == {"Ann": "disabled", "Gone": "removed"}
    result = reports.report("review-removals").run({"now": "removed"})
    assert [r["name"] for r in result.records()] == ["Gone"]
    assert next(result.records())["removed_at"] is not None


def test_lists_say_how_far_it_is(decided):
    done = reviews.progress(decided)
    assert (done.total, done.undecided, done.keep, done.to_remove) == (4, 0, 2, 2)
    how_far = reviews.how_far(decided)
    assert how_far.whole == done
    assert {row.of: row.total for row in how_far.by_reviewer} == {
        "bob@corp.example": 2,
        "rita@corp.example": 2,
    }
    assert sum(row.keep for row in how_far.by_application) == 2
    assert sum(row.total for row in how_far.by_application) == 4
    listed = reports.report("access-reviews").run({"state": "open"})
    (row,) = listed.records()
    assert (listed.total, reports.report("access-reviews").run({"state": "draft"}).total) == (1, 0)
    assert (row["items"], row["done"], row["to_remove"]) == (4, 100, 2)

    def names(**asked):
        return {r["name"] for r in reports.report("review-items").run(asked).records()}

    assert names(used="no") == {"=Bot", "Gone", "Rita"}
    assert names(standing="left") == {"Gone"}
    assert names(standing="none") == {"=Bot"}
    assert names(decision="keep", q="bot") == {"=Bot"}
    assert "as the review began" in reports.report("review-items").run().provenance.sentence()
    with pytest.raises(BadRequest):
        names(review="99")
    assert printing.MOST_ROWS == evidence.MOST_ROWS


def test_a_report_made_of_it_counts_what_it_is_narrowed_to(decided):
    """The list counts by an index of its own; what is made of it has more conditions."""
    narrowed = [{"column": "decision", "op": "is", "value": "keep"}]
    whole, kept = (
        previewed(reports.defined({"dataset": "review-items", "filters": filters})).run()
        for filters in ([], narrowed)
    )
    assert whole.total == len(list(whole.records()))
    assert 0 < kept.total == len(list(kept.records())) < whole.total
