"""A consent as an admin gives it: out to the app and back, in a browser that guards its forms."""

import re

import httpx2
import pytest

SLACK = "/integrations/slack/connect/"


@pytest.fixture
def at_slack(demo, signed_in):
    """The addresses of the demo's own Slack, as its instance has them."""
    cookies = {c["name"]: c["value"] for c in signed_in["cookies"]}
    listed = httpx2.get(f"{demo.address}/integrations/slack/", cookies=cookies).text
    number = re.search(r'href="/instances/(\d+)/"', listed)[1]
    form = httpx2.get(f"{demo.address}/instances/{number}/credential/", cookies=cookies).text
    return {
        name: re.search(rf'name="settings.{name}" value="([^"]+)"', form)[1]
        for name in ("url", "consent_url")
    }


def test_an_oauth_app_is_entered_and_slack_asks(open_page, at_slack, axe):
    page = open_page("/settings/clients/")
    assert page.get_by_label("Redirect address").input_value().endswith("/integrations/consent/")
    page.get_by_role("button", name="Copy").click()
    slack = page.get_by_role("region", name="Slack")
    slack.get_by_label("Client ID").fill("demo-client")
    slack.get_by_label("Client secret").fill("demo-secret")
    slack.get_by_role("button", name="Save").click()
    page.get_by_text("The OAuth app of Slack is saved.").wait_for()
    assert axe(page) == []

    page.goto(SLACK)
    page.get_by_label("Name of the instance").fill("Slack by consent")
    page.get_by_label("Sign in with").select_option("oauth")
    page.get_by_label("API address").fill(at_slack["url"])
    page.get_by_label("Address of the consent page").fill(at_slack["consent_url"])
    assert axe(page) == []
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Slack was not given the consent").wait_for()
    assert page.get_by_label("Name of the instance").input_value() == "Slack by consent"
    assert "code=" not in page.url

    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Connect a second instance, named Slack by consent").click()
    page.get_by_text("Slack by consent is connected.").wait_for()
    page.get_by_text("Synced well").wait_for()
    assert page.complaints == []
    delete(page)


def delete(page):
    """Other tests count the people of the demo as it began."""
    page.get_by_role("button", name="Manage").click()
    page.get_by_role("link", name="Delete Instance").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("I understand that this action cannot be undone").check()
    dialog.get_by_role("button", name="Delete Integration Instance").click()
    page.wait_for_url(lambda address: "/instances/" not in address)
