"""docs/webhooks.md says what there is."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from standardwebhooks import Webhook

from steward.inventory import signing
from steward.notify.events import EVENTS
from steward.notify.webhooks import PAUSES

TEXT = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text()


def test_every_event_is_described_in_the_same_words():
    told = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (.+) \|$", TEXT, re.MULTILINE)
    assert told == [(event.name, event.says) for event in EVENTS.values()]


def test_the_pauses_are_those_that_are_made():
    assert "after 5 seconds, 5 minutes, 30 minutes, 2, 5, 8 and 9 hours" in TEXT
    assert list(PAUSES) == [
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        *(timedelta(hours=hours) for hours in (2, 5, 8, 9)),
    ]


def test_the_program_there_verifies_a_message_and_refuses_a_forged_one():
    (program,) = re.findall(r"```python\n(.+?)```", TEXT, re.DOTALL)
    made = {}
    exec(program, made)
    secret, body = signing.new_secret(), json.dumps({"type": "webhook.test"})
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(datetime.now(UTC).timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", datetime.now(UTC), body),
    }
    assert made["receive"](secret, headers, body) == {"type": "webhook.test"}
    assert made["receive"](secret, headers, body.replace("test", "tests")) is None
    assert made["receive"](signing.new_secret(), headers, body) is None
