"""Two workers whose token has run out at the same moment: a refresh token is good for one use."""

import json
import threading
import time

import httpx2
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import slack
from tests.processes import steward_on

CONNECT = """
from steward.inventory.vault import StoredTokens
from steward.sync import acts
instance = acts.connect("slack", name="Slack", auth="oauth", by="admin@corp.example", sync=False,
    settings={{"url": "{url}"}}, credentials={{"client_id": "demo-client",
    "client_secret": "demo-secret", "refresh_token": "{refresh}"}})
store = StoredTokens(instance)
store.save({{**store.load(), "expires": 1.0}})
"""
ASK = """
import time
from datetime import date
from steward.inventory.instance import Instance
from steward.sync.ahead import Halt
from steward.sync.opening import check, connector_of
instance = Instance.objects.get()
time.sleep(max(0.0, {at} - time.time()))
with Halt() as halt, connector_of(instance, halt, {{}}, date.today()) as connector:
    print(check(connector).name)
"""


def consented(url):
    """A refresh token, as whoever connected Slack with another tool has one."""
    back = "https://other.example/"
    asked = {"client_id": "demo-client", "user_scope": "users:read", "state": "s"}
    asked |= {"redirect_uri": back, "code_challenge": create_s256_code_challenge("v" * 43)}
    page = httpx2.post(f"{url}{slack.AUTHORIZE}", params=asked, data={"answer": "allow"})
    code = dict(httpx2.URL(page.headers["Location"]).params)["code"]
    form = {"code": code, "redirect_uri": back, "code_verifier": "v" * 43}
    who = ("demo-client", "demo-secret")
    return httpx2.post(f"{url}{slack.ACCESS}", data=form, auth=who).json()["authed_user"]


@pytest.mark.parametrize("store", ["postgresql", "sqlite"])
def test_workers_that_refresh_at_once_use_one_refresh_token_once(store, request, tmp_path):
    database = ""
    if store == "postgresql":
        database = request.getfixturevalue("postgresql").database("refreshing")
    controls = Controls(rotates_after=43200)
    with (
        serving(slack.simulator(made_up(20), controls)) as url,
        steward_on(tmp_path, database) as steward,
    ):
        steward.python(CONNECT.format(url=url, refresh=consented(url)["refresh_token"]))
        known, controls.latency, said = len(controls.tokens), 0.5, []
        program = ASK.format(at=json.dumps(time.time() + 8))
        workers = [
            threading.Thread(target=lambda: said.append(steward.python(program).strip()))
            for _ in range(2)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert said == ["Northwind Labs"] * 2
        assert len(controls.tokens) == known + 1
