"""The life of an instance, through the pages, as an admin would live it."""

import pytest
from playwright.sync_api import expect

SECRET = "a-wrong-secret-that-nobody-may-see"


@pytest.fixture
def sketchpad(open_page):
    """The page of the SCIM integration, where the instance Sketchpad is."""
    return open_page("/integrations/scim/")


def manage(page, act):
    page.get_by_role("button", name="Manage").click()
    page.get_by_role("link", name=act).click()


def test_editing_happens_in_a_window_over_the_page(sketchpad, axe):
    manage(sketchpad, "Edit Instance")
    dialog = sketchpad.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Edit Instance")).to_be_visible()
    assert axe(sketchpad) == []
    dialog.get_by_label("Name").fill(" ")
    dialog.get_by_role("button", name="Update Instance").click()
    expect(dialog.get_by_role("alert")).to_have_text("A name is needed.")
    dialog.get_by_label("Name").fill("Sketchpad Europe")
    dialog.get_by_role("button", name="Update Instance").click()
    expect(sketchpad.get_by_role("heading", name="Sketchpad Europe")).to_be_visible()
    expect(sketchpad.get_by_text("Renamed")).to_be_visible()


def test_the_window_closes_with_the_keyboard(sketchpad):
    manage(sketchpad, "Edit Instance")
    dialog = sketchpad.get_by_role("dialog")
    expect(dialog).to_be_visible()
    sketchpad.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_switching_off_and_on_again_syncs_at_once(open_page):
    page = open_page("/integrations/csv/")
    page.get_by_role("link", name="Travel desk").first.click()
    manage(page, "Edit Instance")
    page.get_by_label("Status").select_option("inactive")
    page.get_by_role("button", name="Update Instance").click()
    expect(page.get_by_text("Inactive · switched off")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    expect(open_page("/people/").get_by_text("Travel desk is inactive")).to_be_visible()
    manage(page, "Edit Instance")
    page.get_by_label("Status").select_option("live")
    page.get_by_role("button", name="Update Instance").click()
    expect(page.get_by_text("Live · healthy")).to_be_visible(timeout=20_000)


def test_deleting_waits_for_the_tick_and_all_users_come_back(open_page):
    page = open_page("/integrations/github/")
    page.get_by_role("link", name="GitHub", exact=True).last.click()
    manage(page, "Delete Instance")
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Delete Integration Instance")
    expect(button).to_be_disabled()
    dialog.get_by_label("I understand that this action cannot be undone").check()
    expect(button).to_be_enabled()
    page.keyboard.press("Escape")
    manage(page, "Delete All Users")
    dialog.get_by_label("I understand that this action cannot be undone").check()
    dialog.get_by_role("button", name="Delete All Users").click()
    expect(page.get_by_role("link", name="0 accounts")).to_be_visible()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_role("link", name="82 accounts")).to_be_visible(timeout=30_000)


def test_a_wrong_credential_is_told_and_never_shown_again(open_page, demo):
    page = open_page("/integrations/slack/connect/")
    page.get_by_label("Name of the instance").fill("Another Slack")
    page.locator("input[type=password]").first.fill(SECRET)
    page.locator("input[name='settings.url']").fill("http://127.0.0.1:9")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")
    expect(page.get_by_label("Name of the instance")).to_have_value("Another Slack")
    assert SECRET not in page.content()
    assert SECRET not in demo.text
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")


def test_tables_keep_their_state_in_the_address(open_page):
    page = open_page("/people/?q=aoife.walsh@")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="E-mail").click()
    assert "sort=email" in page.url
    assert "q=aoife.walsh" in page.url
    page.goto("/people/")
    page.get_by_role("link", name="Next").click()
    assert "page=2" in page.url
    expect(page.get_by_text("51–100 of 257")).to_be_visible()


def test_a_file_of_a_report_is_downloaded(open_page):
    page = open_page("/reports/leavers-with-live-accounts/")
    with page.expect_download() as caught:
        page.get_by_role("link", name="CSV").click()
    text = caught.value.path().read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("Person,E-mail")
    assert len(text.splitlines()) == 13
