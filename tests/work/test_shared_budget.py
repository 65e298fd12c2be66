"""Ten workers on PostgreSQL read one tenant, which counts their requests together."""

import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import okta, scim
from tests.processes import steward_on, wait_until
from tests.work.test_takeover import CONNECT, rows, start_workers

WORKERS = 10
OKTA = """
from steward.sync import acts
for number in range({count}):
    acts.connect("okta", name=f"Okta {{number}}", settings={{"url": "{url}"}}, auth="token",
        credentials={{"token": "demo-token"}}, by="admin@corp.example", allow_same_tenant=True)
"""
# The runs that connecting asks for are put off until all workers are up: it is the budget that is
# measured, and not how long ten processes take to start.
LATER = """
from steward.inventory.run import Run
from steward.sync import acts
for run in Run.objects.all():
    acts.stop_run(run, by="admin@corp.example")
"""
NOW = """
from steward.inventory.instance import Instance
from steward.sync import acts
for instance in Instance.objects.all():
    acts.request_sync(instance, by="admin@corp.example")
"""
# One says only that it was too much; the other counts down in its headers, and is asked for each
# of its people. That one says in whole seconds when its window ends, so a short window would be a
# fifth longer than it is; and ten processes must not take longer over a window than it lasts,
# on any machine: so the windows are long, and few requests fill one.
APPS = {
    "refuses": (scim, "/scim/v2", CONNECT, 250, 10, (25, 9.0)),
    "counts": (okta, "", OKTA, 8, 1000, (110, 13.0)),
}
# Longer than what is asserted, as this one only ends a test that hangs.
PATIENCE = 180


@pytest.mark.parametrize("app", APPS)
def test_ten_workers_share_the_budget_of_a_tenant(app, postgresql, tmp_path):
    vendor, root, connect, people, page, (limit, seconds) = APPS[app]
    controls, database = Controls(page_cap=page), postgresql.database(f"budget_{app}")
    with (
        serving(vendor.simulator(made_up(people), controls)) as base,
        steward_on(tmp_path, database) as steward,
    ):
        steward.url = database
        steward.python(connect.format(count=WORKERS, url=f"{base}{root}"))
        steward.python(LATER)
        controls.rate_limit, controls.requests = (limit, seconds), 0
        start_workers(steward, WORKERS)
        steward.python(NOW)
        ended = "SELECT count(*) FROM inventory_run WHERE state = 'succeeded'"
        wait_until(lambda: rows(steward.url, ended) == [(WORKERS,)], PATIENCE, steward.logs)
        took = "SELECT max(finished_at) - min(started_at) FROM inventory_run"
        windows = controls.requests / limit
        assert windows > 4
        assert controls.refused <= 2 * WORKERS
        assert rows(steward.url, took)[0][0].total_seconds() <= 1.2 * (windows + 1) * seconds
        workers = "SELECT count(DISTINCT worker) FROM inventory_run"
        assert rows(steward.url, workers)[0][0] > 1
