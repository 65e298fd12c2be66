"""steward contract …, in processes of its own."""


def test_a_contract_from_the_command_line(steward, as_json):
    term = ("--ends", "2099-12-31", "--notice", "2099-10-31", "--auto-renews", "--months", "12")
    words = ("--vendor", "Figma", *term, "--value", "12000", "--currency", "eur")
    made = as_json("contract", "add", *words)
    number = made["id"]
    assert (made["name"], made["value"], made["renews_on"]) == ("Figma", "12000.00", "2100-01-01")
    assert as_json("contract", "edit", number, "--value", "")["value"] is None
    renewed = as_json("contract", "renew", number, "--value", "13000")
    assert (renewed["ends_on"], renewed["notice_on"]) == ("2100-12-31", "2100-10-31")
    code, out, _ = steward("contract", "end", number, "--on", "2100-11-30")
    assert (code, out) == (0, "Figma ends on 2100-11-30.\n")
    assert as_json("contract", "list", "--status", "ending")["items"][0]["id"] == number
    assert as_json("contract", "end", number, "--undo")["ended_on"] is None
    code, out, _ = steward("contract", "show", number)
    assert (code, "13000.00" in out) == (0, True)
    assert steward("contract", "delete", number)[0] == 1
    assert steward("contract", "delete", number, "--yes")[0] == 0
    code, _, err = steward("contract", "show", number)
    assert (code, "There is no contract" in err) == (1, True)


def test_what_is_wrong_is_said(steward):
    code, _, err = steward("contract", "add", "--vendor", "A", "--value", "12,5")
    assert (code, "value: Write the amount as 1234.50" in err) == (1, True)
    assert steward("contract", "add", "--colour", "red")[0] == 2
    code, _, err = steward("contract", "list", "--within", "soon")
    assert (code, "must be a number" in err) == (1, True)
