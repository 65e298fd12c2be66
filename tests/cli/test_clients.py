"""The operator's OAuth apps from the command line, right and wrong."""


def test_an_oauth_app_is_entered_and_removed(steward, as_json, tmp_path):
    file = tmp_path / "secret.txt"
    file.write_text("s3cret\n")
    made = as_json("client", "set", "slack", "--id", "123.456", "--secret", f"@{file}")
    assert made["client_id"] == "123.456"
    code, out, _ = steward("client", "list")
    assert (code, "123.456" in out, "/integrations/consent/" in out) == (0, True, True)
    assert "s3cret" not in out
    assert as_json("client", "set", "slack", "--id", "7", "--secret", "-", stdin="new\n")
    assert as_json("client", "remove", "slack")["client_id"] is None


def test_what_is_wrong_is_told(steward):
    code, _, err = steward("client", "set", "slack", "--id", "123.456")
    assert (code, "Enter the secret that goes with this client ID." in err) == (1, True)
    code, _, err = steward("client", "set", "okta", "--id", "1", "--secret", "x")
    assert (code, "is no integration with an OAuth app" in err) == (1, True)


def test_a_consent_cannot_be_given_on_the_command_line(steward):
    steward("client", "set", "slack", "--id", "123.456", "--secret", "x")
    code, _, err = steward("instance", "add", "slack", "--name", "Slack", "--auth", "oauth")
    assert code == 1
    assert "/integrations/slack/connect/" in err
