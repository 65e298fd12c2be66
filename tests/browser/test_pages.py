"""Every page: accessible, calm in both themes, usable from a phone to a wide screen."""

import pytest
from playwright.sync_api import expect

PAGES = (
    "/",
    "/integrations/",
    "/integrations/?tab=attention",
    "/integrations/?tab=recommended",
    "/integrations/okta/",
    "/integrations/github/connect/",
    "/integrations/csv/connect/",
    "/integrations/recipients/",
    "/instances/1/",
    "/instances/1/accounts/",
    "/instances/1/edit/",
    "/instances/1/credential/",
    "/instances/1/delete-users/",
    "/instances/1/delete/",
    "/people/",
    "/people/1/",
    "/people/1/merge/?q=a",
    "/people/1/split/",
    "/people/matches/",
    "/accounts/1/",
    "/accounts/1/owner/?q=a",
    "/applications/",
    "/applications/?ownership=left",
    "/applications/1/",
    "/contracts/",
    "/contracts/1/",
    "/contracts/5/",
    "/contracts/add/",
    "/contracts/1/edit/",
    "/contracts/1/renew/",
    "/contracts/1/end/",
    "/contracts/1/delete/",
    "/contracts/1/lines/",
    "/renewals/",
    "/renewals/?view=quarter",
    "/renewals/?view=calendar",
    "/licences/",
    "/licences/new/",
    "/licences/4/",
    "/licences/4/edit/",
    "/licences/4/price/",
    "/licences/4/proposal/?buffer=10",
    "/waste/",
    "/applications/1/edit/",
    "/applications/1/merge/?q=a",
    "/applications/1/split/",
    "/applications/1/remove/",
    "/applications/add/",
    "/usage/",
    "/usage/?application=1&days=90&group_by=department",
    "/usage/?person=1",
    "/usage/?list=people&who=inactive",
    "/spend/",
    "/spend/?group_by=department",
    "/spend/?group_by=person",
    "/charges/",
    "/charges/1/",
    "/charges/vendors/",
    "/charges/duplicates/",
    "/secure/findings/",
    "/secure/findings/?rule=external-writer&state=all",
    "/secure/findings/1/",
    "/secure/reviews/",
    "/secure/reviews/1/?check=yes",
    "/secure/reviews/2/",
    "/secure/reviews/2/items/?decision=undecided",
    "/secure/reviews/2/items/?standing=left",
    "/secure/reviews/1/items/",
    "/secure/reviews/1/removals/",
    "/secure/reviews/2/close/",
    "/secure/reviews/2/reassign/",
    "/secure/reviews/2/cancel/",
    "/secure/reviews/2/edit/",
    "/secure/reviews/new/",
    "/reports/",
    "/reports/new/",
    "/reports/new/?dataset=people&group_by=department&measures=count&measures=share:leaver",
    "/reports/new/?dataset=accounts&filter_column=holds_seat&filter_op=is&filter_value=+&filter_to=+",
    "/reports/new/?start=days-active",
    "/reports/days-active/",
    "/reports/r-1/",
    "/reports/r-1/edit/",
    "/reports/r-1/delete/",
    "/reports/paid-seats-unused/",
    "/reports/leavers-with-live-accounts/",
    "/reports/orphan-accounts/",
    "/reports/users-by-application/",
    "/reports/instances-freshness/",
    "/reports/licence-seats/",
    "/reports/wasted-spend/?by=department",
    "/reports/overlapping-applications/",
    "/reports/schedules/",
    "/reports/schedules/1/",
    "/reports/schedules/1/edit/",
    "/reports/schedules/1/delete/",
    "/reports/schedules/new/",
    "/reports/schedules/new/?report=licences",
    "/settings/webhooks/",
    "/settings/webhooks/1/",
    "/settings/",
    "/settings/members/",
    "/settings/money/",
    "/settings/health/",
    "/settings/tokens/",
    "/settings/fields/",
    "/settings/mail/",
    "/settings/imports/",
    "/settings/imports/1/",
    "/settings/directory/",
)
ODDITIES = ("/people/?q=nobody-of-that-name", "/reports/paid-seats-unused/?days=x", "/nowhere/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, *ODDITIES])
def test_a_page_is_accessible(open_page, axe, path, scheme):
    page = open_page(path, scheme=scheme)
    assert page.evaluate("document.documentElement.getAttribute('data-bs-theme')") == scheme
    assert axe(page) == []
    assert [c for c in page.complaints if "404" not in c] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(open_page, path):
    page = open_page(path, width=390)
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0


@pytest.mark.parametrize("path", ["/people/", "/applications/", "/reports/licence-seats/"])
def test_rows_of_a_list_are_on_the_first_screen_of_a_phone(open_page, path):
    """844 px are high: the filters above the rows leave room for several of them."""
    first = open_page(path, width=390).locator("tbody tr").first.bounding_box()
    assert first["y"] < 600


def test_filters_wait_on_a_phone_until_they_are_wanted(open_page):
    page = open_page("/applications/", width=390)
    owner = page.get_by_role("searchbox", name="Owner", include_hidden=True)
    expect(owner).to_be_hidden()
    page.get_by_text("More filters").click()
    owner.fill("nobody of that name")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    expect(owner).to_have_value("nobody of that name")
    expect(owner).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_text("More filters")).to_be_hidden()
    expect(owner).to_be_visible()


def test_signing_in_is_accessible(chromium, demo, axe):
    context = chromium.new_context(base_url=demo.address)
    page = context.new_page()
    page.goto("/sign-in/")
    assert axe(page) == []
    page.get_by_label("E-mail").fill("nobody@corp.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert "do not go together" in page.get_by_role("alert").inner_text()
    assert axe(page) == []
    context.close()


def test_the_demo_says_what_the_main_job_is_about(demo):
    for words in (
        "250 people",
        "Okta succeeded",
        "Sketchpad succeeded",
        "People and the apps they are in",
        "Paid seats unused for 30 days",
        "People who have left and can still sign in",
    ):
        assert words in demo.text
