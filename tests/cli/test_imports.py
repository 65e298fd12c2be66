"""steward import, as somebody at a terminal uses it."""

import pytest

from tests.ledger.test_imports import FILES


@pytest.fixture(scope="module")
def known(steward, tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    (folder / "people.csv").write_text(FILES["people"])
    (folder / "apps.csv").write_text("name\nFigma\nSlack\n")
    assert steward("import", folder / "people.csv", "--as", "people")[0] == 0
    assert steward("import", folder / "apps.csv", "--as", "applications")[0] == 0


@pytest.mark.parametrize("kind", FILES)
def test_every_kind(steward, as_json, known, tmp_path, kind):
    file = tmp_path / f"{kind}.csv"
    file.write_text(FILES[kind] + "\n")
    dry = as_json("import", file, "--as", kind, "--dry-run")
    assert (dry["id"], dry["counts"]["error"]) == (None, 0)
    made = as_json("import", "--as", kind, file)
    assert made["counts"] == dry["counts"]
    listed = as_json("import", "list")["items"][0]
    assert (listed["id"], listed["as"], listed["by"]) == (made["id"], kind, "command line")
    undone = as_json("import", "undo", made["id"])
    assert (undone["undone_by"], undone["kept"]) == ("command line", [])
    code, _, err = steward("import", "undo", made["id"])
    assert (code, "undone already" in err) == (1, True)


def test_columns_errors_and_good_rows(steward, as_json, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Tool;Okay;=\nMiro;approved;x\nLoom;perhaps;\n")
    words = ("import", file, "--as", "applications", "--map", "Tool=name", "--map", "Okay=status")
    code, _, err = steward(*words)
    assert (code, "rows.3.status: Line 3: Approval: “perhaps”" in err) == (1, True)
    code, out, _ = steward(*words, "--map", "==notes", "--good-rows")
    assert (code, "1 new, 0 changed, 0 same, 1 error" in out) == (0, True)
    assert as_json("import", "list")["items"][0]["mapping"]["="] == "notes"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("nowhere.csv", "--as", "people"), 1, "cannot be read"),
        ((__file__, "--as", "nothing"), 1, "as: This must be one of: people"),
        ((__file__,), 2, "Missing option '--as'"),
        ((__file__, "--as", "rates", "--map", "x"), 2, "COLUMN=FIELD"),
        (("undo", 99), 1, "There is no import 99."),
    ],
)
def test_what_does_not_go_is_said(steward, words, status, said):
    code, _, err = steward("import", *words)
    assert (code, said in err) == (status, True), err
