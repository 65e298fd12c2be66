"""Saying who is who from the command line, right and wrong."""

import pytest


@pytest.fixture(scope="module")
def people(steward, as_json, tenant, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "token.txt"
    file.write_text("demo-token\n")
    words = ("instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}", "--no-sync")
    number = as_json(*words, "--auth", "bearer", "--secret", f"token=@{file}")["id"]
    assert steward("instance", "sync", number, "--wait")[0] == 0


def test_who_is_who(steward, as_json, people):
    assert set(as_json("person", "matches")) == {"accounts", "people"}
    change = as_json("person", "own", 3, "--kind", "shared")
    assert change["said"] == "an account is nobody's"
    code, out, _ = steward("person", "undo", change["id"])
    assert (code, out.startswith("Undone:")) == (0, True)
    merged = as_json("person", "merge", 1, 2)
    assert merged["what"] == "merged"
    split = as_json("person", "split", 1, "--account", 2)
    assert split["person"] == 1
    assert steward("person", "matches")[0] == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("own", 1), 1, "Give either --person NUMBER or --kind"),
        (("own", 99999, "--kind", "new"), 1, "There is no account 99999"),
        (("own", 1, "--kind", "odd"), 1, "Give either --person NUMBER or --kind"),
        (("merge", 1, 1), 1, "These are one person already."),
        (("merge", 1, 99999), 1, "There is no person 99999."),
        (("split", 1, "--account", 99999), 1, "Choose accounts that are"),
        (("undo", 99999), 1, "There is no change 99999."),
        (("undo", "x"), 2, "'x' is not a number"),
    ],
)
def test_what_does_not_go_is_said(steward, people, words, status, said):
    code, _, err = steward("person", *words)
    assert (code, said in err) == (status, True), err
