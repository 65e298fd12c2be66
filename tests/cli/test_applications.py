"""Applications from the command line, right and wrong."""

import pytest


@pytest.fixture(scope="module")
def numbers(as_json):
    made = {name: as_json("application", "add", name)["id"] for name in ("Zoom", "Phone")}
    words = ("--type", "choice", "--choice", "Open", "--choice", "Secret")
    made["field"] = as_json("field", "add", "Class", *words)["id"]
    return made


def test_a_life_on_the_command_line(steward, as_json, numbers):
    said = ("--set", "status=approved", "--set", "tags=voice,EU", "--set", "shares=Sales:60,IT:40")
    told = as_json("application", "edit", numbers["Zoom"], *said, "--set", "fields.Class=Secret")
    assert (told["status"], told["tags"]) == ("approved", ["EU", "voice"])
    assert (told["shares"], told["fields"]) == ({"Sales": 60, "IT": 40}, {"Class": "Secret"})
    for narrow in ("tag=eu", "fields.class=Secret", "status=approved", "ownership=none"):
        found = as_json("application", "list", "--set", narrow)["items"]
        assert "Zoom" in {row["name"] for row in found}, narrow
    assert as_json("application", "list", "--set", "fields.Class=Open")["items"] == []
    words = ("--where", "status=approved", "--add-tag", "Kept", "--remove-tag", "eu", "--yes")
    told = as_json("application", "edit-all", *words)
    assert told["matched"] == told["changed"] >= 1
    assert as_json("application", "show", numbers["Zoom"])["tags"] == ["Kept", "voice"]
    change = as_json("application", "merge", numbers["Zoom"], numbers["Phone"])
    assert change["said"] == "Phone was merged into Zoom"
    assert as_json("application", "undo", change["id"])["undone_by"] == "command line"
    assert as_json("application", "remove", numbers["Phone"]) == {"accepted": True}
    code, out, _ = steward("application", "show", numbers["Zoom"])
    assert (code, "Sales 60 %" in out, "Secret" in out) == (0, True, True)
    code, _, err = steward("field", "remove", numbers["field"])
    assert (code, "Say --yes" in err) == (1, True)
    assert as_json("field", "edit", numbers["field"], "--name", "Tier")["name"] == "Tier"
    assert len(as_json("field", "list")["items"]) == 1
    assert as_json("field", "remove", numbers["field"], "--yes") == {"accepted": True}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("show", 999), 1, "There is no application 999"),
        (("add", "zoom"), 1, "There is an application called Zoom."),
        (("edit", 1), 1, "Say what to change"),
        (("edit-all", "--where", "tag=eu"), 1, "Say what to change"),
        (("edit-all", "--set", "category=X"), 1, "Say --yes to do it"),
        (("edit-all", "--set", "name=X", "--yes"), 1, "a name of its own"),
        (("edit-all", "--where", "colour=red", "--add-tag", "a"), 1, "There is no filter colour"),
        (("edit", 1, "--set", "status=odd"), 1, "status: It must be one of"),
        (("edit", 1, "--set", "colour=red"), 1, "There is no colour to set"),
        (("edit", 1, "--set", "status"), 2, "it must look like KEY=VALUE"),
        (("list", "--set", "colour=red"), 1, "There is no filter colour"),
        (("list", "--set", "status=odd"), 1, "status must be one of"),
        (("merge", 1, 1), 1, "This is one application already."),
        (("split", 1, "--name", "X"), 1, "Choose what belongs"),
        (("split", 1, "--to", 999), 1, "There is no application 999"),
        (("undo", 999), 1, "There is no change 999."),
    ],
)
def test_what_does_not_go_is_said(steward, numbers, words, status, said):
    code, _, err = steward("application", *words)
    assert (code, said in err) == (status, True), err
