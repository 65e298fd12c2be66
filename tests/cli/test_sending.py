"""steward schedule and steward webhook, as a newcomer types them."""

import pytest
from standardwebhooks import Webhook as Verifier

from steward.inventory import signing
from steward.notify.sending import UNSET
from tests.servers.receiver import receiving


@pytest.fixture(scope="module", autouse=True)
def _database(steward):
    assert steward("db", "migrate")[0] == 0


@pytest.fixture(scope="module")
def receiver():
    with receiving() as made:
        yield made


def test_a_webhook_from_adding_to_deleting(steward, as_json, receiver, tmp_path):
    made = as_json("webhook", "add", "Tickets", f"{receiver.url}?k=sesame")
    assert made["secret"].startswith("whsec_")
    assert "instance.failed" in made["events"]
    code, out, _ = steward("webhook", "list")
    assert (code, "Tickets" in out, "whsec_" in out, "sesame" in out) == (0, True, False, False)
    code, out, _ = steward("webhook", "test", made["id"])
    assert (code, "it answered 204" in out) == (0, True)
    _, _, headers, body = receiver.got[-1]
    Verifier(made["secret"]).verify(body, headers)
    (tmp_path / "secret").write_text(mine := signing.new_secret())
    rotated = as_json("webhook", "rotate", made["id"], "--secret", f"@{tmp_path / 'secret'}")
    assert rotated["secret"] == mine
    receiver.answer(500, "down")
    code, out, err = steward("webhook", "test", made["id"])
    assert (code, err.strip()) == (1, "It was not delivered. It answered 500: down")
    receiver.answer(204)
    items = as_json("webhook", "deliveries", made["id"])["items"]
    assert [i["state"] for i in items] == ["given_up", "delivered"]
    code, _, err = steward("webhook", "deliveries", made["id"], "--redeliver", items[0]["id"])
    assert (code, "This was a test" in err) == (1, True)
    assert as_json("webhook", "edit", made["id"], "--disable")["enabled"] is False
    assert steward("webhook", "delete", made["id"])[0] == 0


def test_a_schedule_from_making_to_deleting(steward, as_json, receiver):
    hook = as_json("webhook", "add", "Store", receiver.url)["id"]
    made = as_json(
        "schedule", "create", "orphan-accounts", "--every", "monthly", "--day", "31",
        "--webhook", hook, "--to", "ann@corp.example", "--filter", "q=bot",
    )  # fmt: skip
    assert made["when"] == "on the last day of the month at 08:00 (UTC)"
    edited = as_json("schedule", "edit", made["id"], "--zone", "Asia/Tokyo", "--at", "09:30")
    assert edited["when"] == "on the last day of the month at 09:30 (Asia/Tokyo)"
    assert edited["filters"] == {"q": "bot"}
    code, out, err = steward("schedule", "run", made["id"])
    assert (code, out.strip()) == (
        0, f"Written to ann@corp.example, and waits. {UNSET} Sent to the webhook Store.",
    ), err  # fmt: skip
    code, out, _ = steward("schedule", "show", made["id"])
    assert "done" in out
    code, _, err = steward("webhook", "delete", hook)
    assert (code, "Accounts nobody owns" in err) == (1, True)
    assert steward("schedule", "delete", made["id"])[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("schedule", "create", "no-such", "--to", "a@corp.example"), 1, "report: Choose a report"),
        (("schedule", "create", "orphan-accounts"), 1, "emails: Say where it goes"),
        (("schedule", "create", "orphan-accounts", "--to", "ann"), 1, "ann is not an e-mail"),
        (("schedule", "create", "charges", "--to", "a@corp.example"), 1, "about what things cost"),
        (("schedule", "create", "orphan-accounts", "--filter", "q"), 2, "NAME=VALUE"),
        (("schedule", "run", "77"), 1, "There is no schedule 77"),
        (("schedule", "edit", "77"), 1, "Say what to change"),
        (("webhook", "add", "X", "gopher://x"), 1, "url: The address must look like"),
        (("webhook", "add", "X", "http://10.0.0.1/"), 1, "private or reserved"),
        (("webhook", "add", "X", "https://x.example", "--event", "boom"), 1, "no event boom"),
        (("webhook", "test", "77"), 1, "There is no webhook 77"),
        (("webhook", "test", "x"), 2, "'x' is not a number"),
    ],
)
def test_what_does_not_do_is_one_sentence(steward, words, code, said):
    got, _, err = steward(*words)
    assert (got, said in err) == (code, True), err
