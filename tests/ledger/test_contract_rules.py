"""A contract is checked alike, whether it is typed in or read from a file."""

import pytest

from steward.inventory.problems import Invalid
from steward.ledger import contracts
from steward.ledger.imports import bringing
from steward.ledger.imports.bringing import Brought

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"


@pytest.mark.parametrize(
    "given",
    [
        {"starts_on": "2026-02-01", "ends_on": "2026-01-01"},
        {"notice_on": "2026-02-01", "ends_on": "2026-01-01"},
        {"auto_renews": "yes"},
        {"ends_on": "2026-01-01", "auto_renews": "yes"},
    ],
)
def test_a_contract_in_a_file_is_refused_as_one_that_is_typed_in(given):
    with pytest.raises(Invalid) as typed:
        contracts.create({"vendor": "Acme", **given}, by=BY)
    text = f"vendor,{','.join(given)}\nAcme,{','.join(given.values())}\n"
    mapping = {name: name for name in given}
    brought = Brought.of("contracts", "file.csv", text.encode(), mapping)
    with pytest.raises(bringing.BadRows) as read:
        bringing.bring(brought, by=BY)
    assert [(e.field, e.message) for e in read.value.errors] == [
        (f"rows.2.{e.field}", f"Line 2: {e.message}") for e in typed.value.errors
    ]
