"""Usage from the command line, right and wrong."""

import pytest


@pytest.fixture(scope="module")
def people(steward, as_json, tenant, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "token.txt"
    file.write_text("demo-token\n")
    attribute = "urn:example:params:scim:schemas:extension:activity:2.0:User:lastLogin"
    words = ("instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}", "--no-sync")
    more = ("--set", "application=Design", "--set", f"last_active_attribute={attribute}")
    number = as_json(*words, *more, "--auth", "bearer", "--secret", f"token=@{file}")["id"]
    assert steward("instance", "sync", number, "--wait")[0] == 0


def test_who_uses_what(steward, as_json, people, tmp_path):
    (one,) = as_json("usage")["items"]
    assert (one["name"], one["source"]) == ("Design", "direct")
    assert 0 < one["active"] <= one["users"]
    users = as_json("usage", "--application", "design", "--days", 90)
    assert users["figures"]["users"] == len(users["items"]) == one["users"]
    assert {"name", "email", "days_active"} <= set(users["items"][0])
    file = tmp_path / "use.csv"
    code, _, _ = steward("usage", "--application", "Design", "--format", "csv", "--output", file)
    assert (code, len(file.read_text("utf-8-sig").splitlines())) == (0, one["users"] + 1)
    assert "Days active" in steward("usage", "--application", "Design")[1]
    assert as_json("usage", "--group-by", "department")["listed"] == "groups"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--application", "Nothing"), 1, "There is no application called “Nothing”."),
        (("--person", "nobody@corp.example"), 1, "Nobody has the address"),
        (("--department", "Nowhere"), 1, "There is no department 'Nowhere'."),
        (("--days", "0"), 2, "it must be 1 or more"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), 1, "From must not be later"),
    ],
)
def test_what_cannot_be_asked(steward, people, words, status, said):
    code, _, err = steward("usage", *words)
    assert (code, said in err) == (status, True), err
