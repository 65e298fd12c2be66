"""Third-party access from the command line."""

import pytest


@pytest.fixture(scope="module")
def workspace(env, as_json):
    """Google of the made-up company, read once."""
    from contextlib import ExitStack

    from steward.demo.company import made_up
    from steward.demo.tenants import tenants

    with ExitStack() as stack:
        found = stack.enter_context(tenants(made_up()))
        one = next(c for c in found if c.integration == "google_workspace")
        words = [w for k, v in one.settings.items() for w in ("--set", f"{k}={v}")]
        words += [w for k, v in one.credentials.items() for w in ("--secret", f"{k}={v}")]
        made = as_json("instance", "add", one.integration, "--name", "Google", *words, "--no-sync")
        as_json("instance", "sync", made["id"], "--wait")
        yield made


def test_access_is_listed_approved_and_refused(steward, as_json, workspace):
    rows = {row["name"]: row for row in as_json("grant", "applications")["items"]}
    assert (rows["Pocket Mail"]["risk"], rows["Slack"]["risk"]) == ("critical", "low")
    grants = as_json("grant", "list", "--scope", "https://mail.google.com/")["items"]
    assert {g["app"] for g in grants} == {"Pocket Mail"}
    assert len(grants) == rows["Pocket Mail"]["people"]
    number = rows["Pocket Mail"]["application"]
    told = as_json("grant", "refuse", number, "--comment", "Reads all mail")
    assert told["status"] == "unapproved"
    assert told["revoking"]
    code, out, _ = steward("grant", "approve", number)
    assert (code, out.strip()) == (0, "Pocket Mail is approved.")
    waiting = as_json("grant", "applications", "--status", "not-approved", "--risk", "critical")
    assert "Pocket Mail" not in {row["name"] for row in waiting["items"]}
    assert "Read, send and delete all mail" in steward("grant", "scopes")[1]
    code, _, err = steward("grant", "approve", 999999)
    assert (code, "no application 999999" in err) == (1, True)
    assert steward("grant", "list", "--risk", "awful")[0] == 2
