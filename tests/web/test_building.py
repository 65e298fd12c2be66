"""Making reports in the page."""

import json

import pytest

from steward.insight.reports import catalogue
from steward.insight.reports.datasets.catalogue import of_report
from steward.inventory.company import Company
from steward.inventory.edit import Edit
from steward.inventory.member import Member
from steward.inventory.report import SavedReport
from tests.web.test_applications import page, sign_in

pytestmark = pytest.mark.django_db
NEW = "/reports/new/"
PEOPLE = {"dataset": "people", "was": "people", "columns": ["name", "email"]}


@pytest.fixture
def read(connect, sync, company):
    company.people("ann", "bea")
    sync(connect())


@pytest.fixture
def admin(client, read):
    return sign_in(client, "admin")


@pytest.fixture
def reader(client, read):
    return sign_in(client, "reader")


def line(column, op, value=" ", to=" "):
    names = ("filter_column", "filter_op", "filter_value", "filter_to")
    return dict(zip(names, (column, op, value, to), strict=True))


def saved(client, **more):
    answer = client.post(NEW, {**PEOPLE, "act": "save", "name": "Ours", **more})
    assert answer.status_code == 302, answer.content.decode()
    return SavedReport.objects.latest("pk")


def test_the_address_holds_the_whole_draft_and_shows_its_rows(admin):
    assert "Choose what the report is about" in page(admin, NEW)
    shown = page(admin, NEW, **PEOPLE, **line("name", "is", "ANN"), sort="-name")
    assert "ann@" in shown
    assert "bea@" not in shown
    assert "1 row<" in shown
    posted = admin.post(NEW, {**PEOPLE, **line("name", "contains", "n"), "act": "preview"})
    assert posted.status_code == 302
    assert "filter_value=n" in posted["Location"]
    assert "csrf" not in posted["Location"]
    assert "ann@" in admin.get(posted["Location"]).content.decode()


def test_buttons_move_columns_and_add_and_drop_filters(admin):
    def after(act, **more):
        answer = admin.post(NEW, {**PEOPLE, **more, "act": act})
        return answer["Location"].partition("?")[2]

    assert after("down:name").startswith("dataset=people&columns=email&columns=name")
    assert after("up:email") == after("down:name")
    assert after("up:nobody") == after("preview")
    assert "filter_column=name" in after("add-filter")
    assert "filter_column" not in after("drop:0", **line("name", "is", "x"))
    # Another dataset begins anew; a filter follows its column.
    assert after("preview", dataset="accounts") == "dataset=accounts"
    assert "filter_op=in_last" in after("preview", **line("last_active", "begins_with", "x"))


def test_only_the_rows_are_drawn_anew_while_it_is_made(admin):
    here = f"http://testserver{NEW}?old"
    answer = admin.post("/reports/preview/", PEOPLE, headers={"HX-Current-URL": here})
    assert answer["HX-Replace-Url"].startswith(f"http://testserver{NEW}?dataset=people&columns")
    assert "<html" not in answer.content.decode()
    assert "bea@" in answer.content.decode()
    whole = admin.post(NEW, {**PEOPLE, "act": "add-filter"}, headers={"HX-Request": "true"})
    assert "filter_column=name" in whole["HX-Replace-Url"]
    assert "<html" not in whole.content.decode()


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_lost(admin):
    wrong = {**PEOPLE, **line("name", "is"), "period_days": "x", "name": "Ours", "act": "save"}
    answer = admin.post(NEW, wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter what to compare with." in shown
    assert "Days must be a number" in shown
    assert 'value="Ours"' in shown
    assert SavedReport.objects.count() == 0
    nameless = admin.post(NEW, {**PEOPLE, "act": "save"})
    assert nameless.status_code == 422
    assert "Give the report a name." in nameless.content.decode()
    for odd in (
        "[",
        "[]",
        '{"columns": 7}',
        '{"dataset": "people", "filters": [1]}',
        r'{"dataset": "\ud800"}',
        "[" * 9_000,
    ):
        assert admin.get(NEW, {"definition": odd}).status_code == 200
    assert admin.get(NEW, {"dataset": "pe\x00ople", "columns": "\x00"}).status_code == 200


def test_a_saved_report_is_changed_shared_copied_and_deleted(admin):
    report = saved(admin, description="All of us")
    path = f"/reports/{report.slug}/"
    assert "All of us" in page(admin, path)
    assert report.owner == Member.objects.get(role="admin")
    file = b"".join(admin.get(path, {"format": "csv"}).streaming_content)
    assert file.splitlines()[0].endswith(b"Name,E-mail")
    assert 'value="Ours"' in page(admin, f"{path}edit/")
    changed = {**PEOPLE, "group_by": "department", "name": "Counted", "act": "save"}
    moved = admin.post(f"{path}edit/", changed)["Location"]
    assert moved == f"/reports/r-{report.pk}-counted/"
    shown = page(admin, moved)
    assert ">2</a>" in shown
    assert admin.post(f"{moved}share/", {"shared": "yes"}).status_code == 302
    copy = page(admin, NEW, start=report.slug)
    assert 'value="Copy of Ours"' in copy.replace("Counted", "Ours")
    assert admin.post(f"{moved}delete/").status_code == 422
    admin.post(f"{moved}delete/", {"understood": "yes"})
    assert admin.get(moved).status_code == 404
    whats = Edit.objects.filter(kind="report").order_by("pk").values_list("what", flat=True)
    assert list(whats) == ["made", "changed", "changed", "removed"]


def test_a_count_leads_to_its_rows(admin):
    report = saved(admin, group_by="name", measures="count")
    shown = page(admin, f"/reports/{report.slug}/")
    href = shown.partition('href="/reports/new/?definition=')[2].partition('"')[0]
    rows = admin.get(f"{NEW}?definition={href}").content.decode()
    assert "1 row<" in rows


def test_built_in_reports_begin_a_report_as_they_are_narrowed(admin):
    shown = page(admin, "/reports/days-active/", days="30")
    assert f"{NEW}?start=days-active&amp;days=30" in shown
    begun = page(admin, NEW, start="days-active", days="30")
    assert 'value="Copy of Days active"' in begun
    assert 'name="period_days" inputmode="numeric" size="5" value="30"' in begun
    assert "ann@" in begun
    assert admin.get(NEW, {"start": "nothing"}).status_code == 404


def test_readers_make_their_own_and_see_what_is_shared(client, reader):
    mine = saved(reader)
    theirs = SavedReport.objects.create(name="Hidden one", definition={"dataset": "people"})
    shared = SavedReport.objects.create(
        name="Everybody’s", definition={"dataset": "people"}, shared=True
    )
    shown = page(reader, "/reports/")
    assert shown.index("Yours") < shown.index("Ours<") < shown.index("Everybody’s<")
    assert "Hidden one" not in shown
    assert reader.get(f"/reports/{theirs.slug}/").status_code == 404
    assert reader.get(NEW, {"start": theirs.slug}).status_code == 404
    assert reader.get(f"/reports/{shared.slug}/").status_code == 200
    for act in ("edit", "delete"):
        assert reader.post(f"/reports/{theirs.slug}/{act}/").status_code == 404
        assert reader.post(f"/reports/{shared.slug}/{act}/").status_code == 403
    assert reader.post(f"/reports/{mine.slug}/share/", {"shared": "yes"}).status_code == 403
    assert reader.post(f"/reports/{mine.slug}/delete/", {"understood": "yes"}).status_code == 302


def test_money_does_not_exist_for_readers_who_may_not_see_it(reader):
    Company.objects.update_or_create(defaults={"readers_see_money": False})
    dear = {"dataset": "licences", "filters": [{"column": "costs_month", "op": "is_not_empty"}]}
    report = SavedReport.objects.create(name="Dear", definition=dear, shared=True)
    assert "Dear" not in page(reader, "/reports/")
    assert reader.get(f"/reports/{report.slug}/").status_code == 403
    built = page(reader, NEW, dataset="licences")
    assert "costs_month" not in built
    assert ">Charges<" not in built
    posted = page(reader, NEW, definition=json.dumps(dear))
    assert "There is no such column" in posted


def test_a_report_whose_parts_are_gone_says_so(admin):
    gone = {"dataset": "applications", "columns": ["field_9"]}
    report = SavedReport.objects.create(name="Old", definition=gone)
    shown = page(admin, f"/reports/{report.slug}/")
    assert "does not fit what there is any more" in shown
    assert page(admin, f"/reports/{report.slug}/edit/")
    assert "Old" in page(admin, "/reports/")


def test_a_list_that_cannot_be_grouped_again_says_so_where_grouping_would_be(admin):
    built_in = [report.slug for report in catalogue() if not of_report(report).groups]
    assert built_in
    for slug in built_in:
        shown = page(admin, NEW, start=slug)
        assert "so it cannot be grouped again" in shown, slug
        assert 'name="group_by"' not in shown
    assert "cannot be grouped again" not in page(admin, NEW, dataset="people")
