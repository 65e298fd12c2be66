"""On a company that chance has made: every sum says the same, and opens to the rows it counts."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from steward.insight import licences, reports, seats
from steward.insight.reports import results
from steward.insight.reports.datasets.catalogue import datasets
from steward.insight.reports.datasets.compiling import previewed
from steward.insight.reports.datasets.definition import Definition
from steward.insight.reports.datasets.measures import Group
from steward.insight.reports.listings import ACCOUNTS, PEOPLE
from steward.insight.reports.spend import SPEND
from steward.insight.rightsizing import of_licence
from steward.insight.waste import summed, wastes, wastes_by_department
from steward.inventory.account import Account as Row
from steward.inventory.amounts import rounded
from steward.inventory.application import Application
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.edit import Edit
from steward.inventory.holdings import Seat as Held
from steward.inventory.licence import LicenceType
from steward.ledger import licences as ledger
from steward.sdk.records import License, Seat
from steward.sync.tallies import tell
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account

pytestmark = pytest.mark.django_db
ME = "admin@corp.example"
DAY = date(2026, 1, 1)
NEVER = NOW - timedelta(days=9_999)


@pytest.fixture
def many(directory, app):
    """What chance has made of a company: 60 people in three applications, two of them with two
    instances, paid in three currencies."""
    random = Random(4)
    names = [f"p{n}" for n in range(60)]
    units = ("Sales", "Finance", "", "R&D: 5% & more")

    def one(name, **more):
        used = random.choice([None, LATELY, LONG_AGO])
        status = random.choice(["active"] * 5 + ["disabled"])
        born = random.choice([None, LONG_AGO, LATELY])
        return account(name, status=status, last_active_at=used, created_at=born, **more)

    def licensed(*accounts):
        held = [
            Seat(license=key, account=a.id)
            for a in accounts
            for key in random.choice(["a", "b", "ab"])
        ]
        bought = random.choice([None, 60])
        return [License(id=k, name=f"Plan {k}", purchased=bought) for k in "ab"] + held

    directory("directory", *(
        account(n, status=random.choice(["active"] * 6 + ["disabled"]),
                attributes={"department": random.choice(units)}) for n in names
    ))  # fmt: skip
    for number, how_many in enumerate((2, 1, 2)):
        of = Application.objects.create(key=f"app:{number}", name=f"App {number}", category="Chat")
        for place in range(how_many):
            some = [one(n, holds_seat=number == 2 or None) for n in random.sample(names, 40)]
            made = app(f"{number}-{place}", *some, licenses=[] if number == 2 else licensed(*some))
            made.instance.application = of
            made.instance.save()
            if number == 2:  # it has no stream of licences, and says itself who holds a seat
                Row.objects.filter(instance=made.instance.book).update(holds_seat=True)
            tell(made.instance.book)
    Application.objects.filter(name="App 1").update(inactive_after=100)
    LicenceType.objects.filter(application__name="Scripted").delete()
    ExchangeRate.objects.create(base="USD", quote="EUR", day=DAY, rate=Decimal("0.91234567"))
    Company.objects.create(pk=1, currency="EUR")
    amounts = [("7.77", "USD", 1), ("100", "EUR", 12), ("33.3333", "CHF", 3)]
    for number, row in enumerate(LicenceType.objects.order_by("pk")):
        if number < 4:
            ledger.set_price(row, *amounts[number % 3], DAY, by=ME)
    return random


def state_of(row, kept):
    """The order of reasons once more, in plain words."""
    limit = NOW - timedelta(days=row["instance__application__inactive_after"] or 30)
    if row["person__told_standing"] == "left":
        return "leaver"
    if row["status"] == "disabled":
        return "disabled"
    if kept.get((row["instance__application"], row["person"])) not in (None, row["pk"]):
        return "duplicate"
    if row["last_active_at"]:
        return "used" if row["last_active_at"] >= limit else "unused"
    return "new" if row["created_at"] and row["created_at"] >= limit else "never"


def test_every_sum_says_the_same(many):
    fields = ("pk", "status", "person", "last_active_at", "created_at", "holds_seat",
              "instance__application", "instance__application__inactive_after",
              "person__told_standing")  # fmt: skip
    rows = list(Row.objects.filter(holds_seat=True).values(*fields).order_by("pk"))
    living = [r for r in rows if r["person__told_standing"] != "left" and r["status"] == "active"]
    living.sort(key=lambda r: r["last_active_at"] or NEVER, reverse=True)
    kept = {}
    for row in living:
        kept.setdefault((row["instance__application"], row["person"]), row["pk"])
    expected = Counter()
    for row in rows:
        row["held"] = max(Held.objects.filter(account=row["pk"]).count(), 1)
        expected[state_of(row, kept)] += row["held"]
    assert len(expected) == 7
    assert Counter(seats.seats().values_list("state", flat=True)) == expected

    all_of_them = licences.licences()
    assert len({one.application for one in all_of_them}) == 3
    assert sum(one.assigned for one in all_of_them) == sum(row["held"] for row in rows)
    said = same_sums(all_of_them)
    assert "no rate for CHF" in said
    assert "no price" in said


def test_a_price_by_contract_is_in_every_sum(many):
    unpriced = [one for one in licences.licences() if one.price is None and one.wasted_seats]
    before = licences.wasted(licences.licences()).month
    ends = NOW.date() + timedelta(days=30)
    deal = Contract.objects.create(
        name="Deal", vendor="V", starts_on=DAY, ends_on=ends, currency="USD"
    )
    for one in unpriced:
        ContractLine.objects.create(
            contract=deal, licence_id=one.number, seats=7, amount=Decimal("119.99"), months=12
        )
    Edit.note("contract", deal, "made", ME)
    now = {one.number: one for one in licences.licences()}
    assert unpriced
    assert all(now[one.number].price.by.name == "Deal" for one in unpriced)
    a_seat = rounded(Decimal("119.99") * Decimal("0.91234567") / 12)
    more = a_seat * sum(one.wasted_seats for one in unpriced)
    assert licences.wasted(licences.licences()).month == before + more
    assert "no price" not in same_sums(licences.licences())


def same_sums(all_of_them):
    """Returns what is said to be left out of them."""
    total = licences.wasted(all_of_them)
    by = {
        "licence": summed(wastes(), lambda w: w.licence.number),
        "reason": summed(wastes(), lambda w: w.reason),
        "department": summed(wastes_by_department(), lambda w: w.department),
        "application": summed(wastes(), lambda w: w.licence.application),
    }
    for parts in by.values():
        assert sum(p.seats for p in parts.values()) == total.seats
        assert sum(p.month for p in parts.values()) == total.month
        assert sum(p.year for p in parts.values()) == total.year
    count, month, currency, said = licences.reclaimable()
    assert (count, month, currency) == (total.seats, total.month, "EUR")

    for grouped in ("licence", "application", "reason", "department"):
        records = list(reports.report("wasted-spend").run({"by": grouped}).records())
        assert sum(r["seats"] for r in records) == total.seats
        assert sum(r["month"] or 0 for r in records) == total.month
    listed = list(reports.report("licences").run().records())
    assert sum(r["waste_month"] or 0 for r in listed) == total.month
    assert sum(r["wasted"] for r in listed) == total.seats
    now = sum((row["seats_now"] or 0 for row in SPEND["application"].run().records()), Decimal())
    assert now == licences.spent(all_of_them).month
    held = list(reports.report("licence-seats").run({"state": "wasted"}).records())
    nobodys = sum(one.unassigned or 0 for one in all_of_them)
    assert len(held) + nobodys == total.seats
    unassigned = sum(one.of(one.unassigned or 0).month for one in all_of_them if one.cost)
    assert sum(r["month"] or 0 for r in held) + unassigned == total.month
    for one in all_of_them:
        proposal = of_licence(one, buffer=0)
        assert proposal.taken_seats == one.wasted_seats
        assert one.paid - proposal.proposed == one.wasted_seats
        assert (proposal.saves and proposal.saves.month) == (one.waste and one.waste.month)
    return said


def test_each_figure_opens_to_the_rows_it_counts(many):
    for one in licences.licences():
        asked = {"licence": str(one.number)}
        assert seats_of(asked) == (one.assigned or 0)
        assert seats_of({**asked, "state": "used"}) == (one.active or 0)
        for reason, count in one.wasted.items():
            if reason != "unassigned":
                assert seats_of({**asked, "state": reason}) == count
    units = {waste.department for waste in wastes_by_department()}
    assert units == {"Sales", "Finance", "", "R&D: 5% & more"}
    for waste in wastes_by_department():
        if waste.reason != "unassigned":
            asked = {"licence": str(waste.licence.number), "state": waste.reason,
                     "department": waste.department or "-"}  # fmt: skip
            assert seats_of(asked) == waste.seats


def seats_of(asked):
    """How many rows there are, which the report has to say without looking."""
    result = reports.report("licence-seats").run(asked)
    found = len(list(result.records()))
    assert result.total == found
    return found


def test_seats_of_any_state_place_or_department_are_counted_beforehand(many):
    everywhere = seats_of({})
    assert seats_of({"state": "wasted"}) + seats_of({"state": "kept"}) == everywhere
    assert 0 < seats_of({"state": "never"}) < seats_of({"state": "wasted"})
    numbers = {one.application for one in licences.licences()}
    assert sum(seats_of({"application": str(number)}) for number in numbers) == everywhere
    assert 0 < seats_of({"department": "Sales", "state": "kept"}) < seats_of({"state": "kept"})
    assert seats_of({"department": "-"}) > 0
    assert seats_of({"department": "Nowhere"}) == 0


def test_how_long_a_report_is_is_known_from_what_was_counted(many):
    """Where a report says how many rows it has without looking, it has as many."""
    for slug in ("paid-seats-unused", "licence-seats"):
        result = reports.report(slug).run()
        assert result.total == len(list(result.records())) > 0
        narrowed = reports.report(slug).run({"q": "p1"})
        assert narrowed.total == len(list(narrowed.records())) < result.total
    by_person = reports.report("spend-by-person").run()
    assert by_person.total == len(list(by_person.records()))


@pytest.mark.parametrize("page", [50, 3])
def test_a_report_has_as_many_rows_as_it_says(many, monkeypatch, page):
    """However it knows, of all lists that there are and each choice of a filter of theirs."""
    monkeypatch.setattr(results, "PER_PAGE", page)
    lists = {report.slug: report for report in (*reports.catalogue(), PEOPLE, ACCOUNTS)}
    for one in datasets():
        columns = one.columns()
        groups = tuple(Group(columns[name]) for name in list(one.usual())[:1])
        lists[f"made of {one.slug}"] = previewed(Definition(one))
        lists[f"groups of {one.slug}"] = previewed(Definition(one, groups=groups))
    for name, report in lists.items():
        for asked in choices_of(report):
            result = report.run(asked)
            assert result.total == len(list(result.rows())), (name, asked)


def choices_of(report):
    yield {}
    for one in report.filters:
        for value, _ in list(one.choices() if one.choices else ())[:4]:
            yield {one.name: value}
    if any(one.name == "q" for one in report.filters):
        yield {"q": "p1"}
