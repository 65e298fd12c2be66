"""steward review …, as somebody at a terminal uses it: once right and once wrong."""

import hashlib

import pytest

from tests.processes import Steward


@pytest.fixture(scope="module")
def connected(steward, env, tenant, tmp_path_factory):
    code, _, err = steward(
        "instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}",
        "--auth", "bearer", "--secret", "token=demo-token",
    )  # fmt: skip
    assert code == 0, err
    assert steward("instance", "sync", 1, "--wait")[0] == 0
    shell = Steward(tmp_path_factory.mktemp("unused"))
    shell.env = {**env, "DJANGO_SETTINGS_MODULE": "steward.settings"}
    shell.python(
        "from steward.inventory.models import Member\n"
        "for name, role in (('ann', 'admin'), ('bea', 'reader')):\n"
        "    Member.objects.create_user(f'{name}@corp.example', 'x', role=role)"
    )


def create(steward, *more, fallback="ann@corp.example", due="2199-01-15", application="1=manager"):
    given = ("--name", "Q4", "--due", due, "--application", application, "--fallback", fallback)
    return steward("review", "create", *given, *more)


def test_a_review_from_beginning_to_evidence(steward, as_json, connected, tmp_path):
    assert "No access review yet" in steward("review", "list")[1]
    code, out, err = create(steward)
    assert code == 0, err
    assert out.startswith("Review 1, Q4, is draft: 0 accounts")
    assert steward("review", "evidence", 1)[0] == 1
    assert as_json("review", "start", 1)["state"] == "open"
    items = as_json("review", "items", 1, "--decision", "undecided")["items"]
    assert len(items) > 100
    assert {item["reviewer"] for item in items} == {"ann@corp.example"}
    left = [i["id"] for i in items if i["standing"] != "left"]
    assert as_json("review", "decide", 1, "keep", *left[:2])["count"] == 2
    assert as_json("review", "reassign", 1, "bea@corp.example")["count"] == len(items) - 2
    assert steward("review", "remind", 1, "--reviewer", "bea@corp.example")[1] == "Reminded: 1.\n"
    code, _, err = steward("review", "close", 1)
    assert code == 1
    assert "are not decided. Confirm that they stay so." in err
    words = ("remove", "--all", "--reviewer", "bea@corp.example", "--comment", "Over")
    assert as_json("review", "decide", 1, *words)["count"] == len(items) - 2
    closed = as_json("review", "close", 1)
    file = tmp_path / "evidence.csv"
    assert steward("review", "evidence", 1, "--output", file)[0] == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() == closed["sha256"]
    assert closed["sha256"] in steward("review", "show", 1)[1]
    assert steward("review", "evidence", 1, "--format", "pdf", "--output", "/nowhere/x")[0] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", 99), 1, "There is no review 99."),
        (("decide", 1, "keep"), 2, "name items, or say --all"),
        (("decide", 1, "perhaps", 1), 2, "perhaps"),
        (("decide", 1, "keep", 1), 1, "is closed, so nothing of it can be decided"),
        (("decide", 1, "keep", 10**30), 1, "Some of these are not accounts of review 1."),
        (("items", 1, "--reviewer", "x@corp.example"), 1, "has the address x@corp.example"),
        (("cancel", 1), 1, "is closed, so this cannot be done"),
        (("reassign", 1, "bea@corp.example"), 1, "is closed"),
        (("remind", 1), 1, "is closed, so nobody is reminded"),
    ],
)
def test_what_is_wrong_is_one_sentence(steward, connected, words, code, said):
    done, _, err = steward("review", *words)
    assert done == code
    assert said in " ".join(err.replace("│", " ").split())


def test_a_wrong_draft_is_not_made(steward, as_json, connected):
    for how, said in (
        ({"fallback": "nobody@corp.example"}, "fallback: Name a member"),
        ({"due": "soon"}, "due_on: Write the day as"),
        ({"application": "77"}, "applications: There is no such application."),
        ({"application": "1=x@corp.example"}, "applications: Name a member"),
    ):
        code, _, err = create(steward, "--start", **how)
        assert (code, said in err) == (1, True), err
    assert len(as_json("review", "list")["items"]) == 1


def test_a_token_of_ones_own(steward, connected):
    named = ("token", "create", "--name", "mine", "--role")
    assert steward(*named, "reader", "--for", "bea@corp.example")[0] == 0
    code, _, err = steward(*named, "admin", "--for", "bea@corp.example")
    assert (code, "bea@corp.example is a Reader" in err) == (1, True)
    assert steward(*named, "reader", "--for", "x@corp.example")[0] == 1
