"""steward licenses, on an app of which an admin says what a seat costs."""

import pytest


@pytest.fixture(scope="module")
def design(as_json, steward, tenant, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "token.txt"
    file.write_text("demo-token\n")
    words = ("instance", "add", "scim", "--name", "Design", "--set", f"url={tenant}", "--no-sync")
    more = ("--set", "seats=active", "--auth", "bearer", "--secret", f"token=@{file}")
    number = as_json(*words, *more)["id"]
    assert steward("instance", "sync", number, "--wait")[0] == 0
    return number


def test_a_price_makes_cost_and_waste_known(steward, as_json, design):
    (before,) = as_json("licenses", "list")["items"]
    assert (before["name"], before["price"], before["waste_month"]) == ("Paid seats", None, None)
    assert before["assigned"] > 50
    number = before["id"]
    made = as_json("licenses", "price", number, "12.50", "--since", "2026-01-01")
    assert (made["amount"], made["currency"], made["since"]) == ("12.50", "USD", "2026-01-01")
    (after,) = as_json("licenses", "list")["items"]
    assert after["cost_month"] == f"{after['assigned'] * 25 / 2:.2f}"
    assert "12.50 / month" in steward("licenses", "list")[1]
    (held,) = as_json("licenses", "prices", number)["items"]
    assert (held["id"], held["origin"]) == (made["id"], "entered by hand")
    assert "entered by hand" in steward("licenses", "prices", number)[1]
    told = as_json("licenses", "proposal", number, "--buffer", 0)
    assert told["proposed"] == after["assigned"] - after["wasted_seats"]
    held = as_json("report", "run", "licence-seats", "--filter", f"licence={number}")
    assert held["total"] == after["assigned"]
    code, out, _ = steward("licenses", "proposal", number)
    assert (code, f"Renew {as_json('licenses', 'proposal', number)['proposed']} seats." in out) == (
        0,
        True,
    )
    assert "seats could be given up" in steward("licenses", "list")[1]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("price", 99, "1"), 1, "There is no licence 99."),
        (("price", 1, "a lot", "--currency", "XYZ"), 1, "amount: Give an amount such as 12.50."),
        (("prices", 99), 1, "There is no licence 99."),
        (("proposal", 99), 1, "There is no licence 99."),
        (("proposal", 1, "--buffer", 101), 2, "--buffer"),
    ],
)
def test_what_does_not_go_is_said(steward, design, words, status, said):
    code, _, err = steward("licenses", *words)
    assert (code, said in err) == (status, True), err
