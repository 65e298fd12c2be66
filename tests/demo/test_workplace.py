"""What the made-up company has at Google."""

from __future__ import annotations

from datetime import date, timedelta

from steward.demo.company import made_up
from steward.demo.workplace import LET_IN, app_events

TODAY = date(2026, 5, 20)
COMPANY = made_up(today=TODAY)


def test_everybody_has_an_account_and_leavers_are_archived() -> None:
    assert all("google" in human.uses for human in COMPANY.people)
    for human in COMPANY.people:
        google, okta = human.uses["google"], human.uses["okta"]
        assert (google.status, google.last_active) == (okta.status, okta.last_active)
        assert google.holds_seat == (google.status != "disabled")
    assert not any("google" in human.uses for human in COMPANY.others)


def test_every_app_was_let_in_by_somebody_who_is_here() -> None:
    for app in LET_IN:
        hosts = [human for human in COMPANY.people if app.is_let_in_by(human)]
        assert hosts
        assert not any(human.left for human in hosts)


def test_some_apps_are_known_to_sign_on_and_some_to_nobody() -> None:
    labels = {app.label for app in COMPANY.sso}
    known = {app.name for app in LET_IN if app.name in labels}
    assert known == {"Slack", "Zoom", "Notion", "Figma", "Miro"}
    assert len(LET_IN) - len(known) == 7


def test_apps_are_used_after_they_were_let_in() -> None:
    begun: dict[tuple[int, int], object] = {}
    for event in app_events(COMPANY.people, TODAY):
        who = (event.human.number, event.app.number)
        if event.name == "authorize":
            begun[who] = event.at
        assert event.at >= begun[who]  # type: ignore[operator]
        assert event.at.date() > TODAY - timedelta(days=400)
