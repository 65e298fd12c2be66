"""Findings from the command line."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

ASK = "import django; django.setup(); from steward.work import findings; findings.tell()"


@pytest.fixture(scope="module")
def listed(env, steward, tmp_path_factory):
    """A list with an administrator's account of nobody's, read, and the rules asked."""
    file = tmp_path_factory.mktemp("list") / "desk.csv"
    file.write_text("Id,Name,E-mail,Role\n1,Ann,ann@corp.example,user\n2,root,,admin\n")
    words = ("instance", "add", "csv", "--name", "Desk", "--set", "application=Desk", "--no-sync")
    code, _, err = steward(*words, "--secret", f"file=@{file}")
    assert code == 0, err
    assert "not been asked yet" in steward("finding", "list")[1]
    assert steward("instance", "sync", 1, "--wait")[0] == 0
    settings = {**env, "DJANGO_SETTINGS_MODULE": "steward.settings"}
    subprocess.run([sys.executable, "-c", ASK], env=settings, check=True)


def test_findings_are_listed_accepted_and_taken_back(steward, as_json, listed):
    (one,) = as_json("finding", "list", "--severity", "grave")["items"]
    assert (one["name"], one["rule"]) == ("root", "account-nobody-owns")
    number = one["id"]
    assert "may administer the app" in steward("finding", "list")[1]
    assert "gives no address" in steward("finding", "show", number)[1]
    rules = {rule["rule"]: rule for rule in as_json("finding", "rules")["items"]}
    assert rules["account-nobody-owns"]["open"] == 1
    assert "Desk" in steward("finding", "rules")[1]
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    code, out, _ = steward("finding", "accept", number, "--reason", "Kept", "--until", until)
    assert (code, out.strip()) == (0, f"Account nobody owns, root: it is accepted until {until}.")
    assert as_json("finding", "list")["items"] == []
    assert [f["id"] for f in as_json("finding", "list", "--state", "accepted")["items"]] == [number]
    assert "by command line: Kept" in steward("finding", "show", number)[1]
    told = as_json("finding", "withdraw", number)
    assert (told["state"], [line["what"] for line in told["history"]]) == (
        "open", ["withdrawn", "accepted"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("list", "--rule", "nope"), 1, "There is no rule 'nope'. The rules are:"),
        (("list", "--state", "fine"), 2, "'fine' is not one of"),
        (("show", "99"), 1, "There is no finding 99."),
        (("accept", "1", "--reason", "x"), 2, "Missing option '--until'"),
        (("accept", "1", "--reason", "x", "--until", "soon"), 2, "is not a day. Write it as"),
        (("accept", "1", "--reason", "x", "--until", "2020-01-01"), 1, "until: It must be a day"),
        (("accept", "1", "--reason", " ", "--until", "2020-01-01"), 1, "reason: Say why"),
        (("withdraw", "1"), 1, "Nobody has accepted this finding."),
    ],
)
def test_a_wrong_command_is_one_clear_sentence(steward, listed, words, code, said):
    done, _, err = steward("finding", *words)
    assert (done, said in err) == (code, True), err
