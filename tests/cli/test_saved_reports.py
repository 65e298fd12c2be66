"""Reports of one's own on the command line."""

import json


def test_reports_are_made_copied_run_and_deleted(steward, as_json, tmp_path):
    made = as_json(
        "report", "create", "Leads", "--dataset", "people", "--columns", "email,name",
        "--filter", "title:contains:lead", "--filter", "holds:between:1..5", "--sort", "-email",
        "--days", "30", "--share",
    )  # fmt: skip
    assert made["slug"] == "r-1-leads"
    assert made["definition"]["filters"][1] == {
        "column": "holds", "op": "between", "value": "1", "to": "5",
    }  # fmt: skip
    code, out, _ = steward("report", "run", "r-1", "--format", "csv")
    assert (code, out.lstrip("\ufeff").strip()) == (0, "E-mail,Name")
    copy = as_json("report", "duplicate", "r-1-leads")
    assert (copy["title"], copy["shared"]) == ("Copy of Leads", False)
    file = tmp_path / "counted.json"
    file.write_text(json.dumps({"dataset": "instances", "group_by": ["state"]}))
    assert "is saved: r-3-states" in steward("report", "create", "States", "--file", file)[1]
    assert "r-3-states" in steward("report", "list")[1]
    saved = [row["slug"] for row in as_json("report", "list")["items"] if row["saved"]]
    assert saved == ["r-2-copy-of-leads", "r-1-leads", "r-3-states"]
    for slug in saved:
        assert steward("report", "delete", slug, "--yes")[0] == 0
    assert [row for row in as_json("report", "list")["items"] if row["saved"]] == []


def test_what_there_is_to_make_them_of(steward, as_json):
    assert "activity" in [one["name"] for one in as_json("report", "datasets")["items"]]
    assert "in_last" in steward("report", "datasets", "people")[1]
    assert as_json("report", "datasets", "days-active")["built_in"] is True


def test_a_wrong_one_is_a_sentence(steward, tmp_path):
    def says(*words):
        code, _, err = steward("report", *words)
        assert code == 1, err
        return err

    assert "There is no dataset “moon”" in says("datasets", "moon")
    assert "dataset: Choose what" in says("create", "X", "--dataset", "moon")
    assert "filters.0: " in says("create", "X", "--dataset", "people", "--filter", "name:is:")
    assert "name: Give the report a name." in says("create", " ", "--dataset", "people")
    assert "cannot be read" in says("create", "X", "--file", tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    assert "is not JSON" in says("create", "X", "--file", tmp_path / "bad.json")
    assert "no report “r-99”" in says("duplicate", "r-99")
    assert "A built-in report stays" in says("delete", "days-active", "--yes")
    assert steward("report", "create", "X", "--dataset", "people", "--filter", "name")[0] == 2
