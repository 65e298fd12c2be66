"""Choosing who says who is employed, from the command line."""

import pytest


@pytest.fixture(scope="module")
def design(as_json, steward, tenant, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "token.txt"
    file.write_text("demo-token\n")
    words = ("instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}", "--no-sync")
    number = as_json(*words, "--auth", "bearer", "--secret", f"token=@{file}")["id"]
    assert steward("instance", "sync", number, "--wait")[0] == 0
    return number


def test_the_choice_is_shown_made_and_taken_back(steward, as_json, design):
    code, out, _ = steward("directory", "show")
    assert (code, "whoever any directory lists works here" in out) == (0, True)
    told = as_json("directory", "set", design)
    assert (told["chosen"], told["describing"]) == ([design], False)
    assert [i["decides"] for i in told["instances"]] == [True]
    assert as_json("directory", "show") == told
    people = as_json("report", "run", "leavers-with-live-accounts")
    assert people["total"] == 0
    assert as_json("directory", "set", "--any")["chosen"] == []


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("set",), 1, "Give the numbers of instances, or --any."),
        (("set", 1, "--any"), 1, "Give the numbers of instances, or --any."),
        (("set", 99), 1, "There is no instance 99."),
        (("set", "x"), 2, "'x' is not a number"),
    ],
)
def test_what_does_not_go_is_said(steward, design, words, status, said):
    code, _, err = steward("directory", *words)
    assert (code, said in err) == (status, True), err
