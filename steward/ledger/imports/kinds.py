"""The kinds there are, by their name in the API."""

from __future__ import annotations

from steward.inventory.problems import Invalid
from steward.ledger.imports.applications import Applications
from steward.ledger.imports.charges import Charges
from steward.ledger.imports.contracts import Contracts
from steward.ledger.imports.kind import Kind
from steward.ledger.imports.licenses import Licences
from steward.ledger.imports.people import People
from steward.ledger.imports.rates import Rates
from steward.sdk.fields import FieldError

KINDS: dict[str, type[Kind]] = {
    kind.slug: kind for kind in (People, Applications, Licences, Contracts, Charges, Rates)
}


def kind_of(slug: str) -> type[Kind]:
    if slug not in KINDS:
        raise Invalid([FieldError("as", f"This must be one of: {', '.join(KINDS)}.")])
    return KINDS[slug]
