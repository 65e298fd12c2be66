from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.insight import contract_history
from steward.insight.contracts import contracts, facts_of
from steward.insight.reports import report
from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.licence import LicenceType
from steward.inventory.person import Person, PersonEmail
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import contracts as acts

TODAY = terms.today()
BY = "admin@corp.example"


def days(count):
    return TODAY + timedelta(days=count)


def made(**given):
    term = {"starts_on": days(-265), "ends_on": days(99)}
    return acts.create({"vendor": "Figma Inc", **term, **given}, by=BY)


def shown(contract):
    return facts_of(contracts().get(pk=contract.pk), with_money=True)


def refused(**given):
    with pytest.raises(Invalid) as invalid:
        made(**given)
    return {error.field: error.message for error in invalid.value.errors}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("vendor", {"vendor": " "}, "Say who the contract is with"),
        ("ends_on", {"ends_on": days(-300)}, "ends before it starts"),
        ("notice_on", {"notice_on": days(100)}, "before the term ends"),
        ("ends_on", {"ends_on": "", "auto_renews": True}, "Say when the term ends"),
        ("renews_for_months", {"auto_renews": True, "starts_on": ""}, "how many months"),
        ("renews_for_months", {"renews_for_months": "0"}, "from 1 to 120"),
        ("currency", {"value": "12"}, "in which currency"),
        ("currency", {"currency": "EURO"}, "no currency"),
        ("value", {"value": "12,5", "currency": "EUR"}, "1234.50"),
        ("value", {"value": "-1", "currency": "EUR"}, "from 0"),
        ("value", {"value": "NaN", "currency": "EUR"}, "from 0"),
        ("value", {"value": "0.00001", "currency": "EUR"}, "4 digits"),
        ("starts_on", {"starts_on": "31.12.2026"}, "2026-11-30"),
        ("starts_on", {"starts_on": "0001-01-01"}, "year"),
        ("owner", {"owner": "nobody@corp.example"}, "Nobody is known"),
        ("application", {"application": "999"}, "no such application"),
        ("name", {"name": "x" * 301}, "300 characters"),
        ("colour", {"colour": "red"}, "no such field"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(field, given, said):
    assert said in refused(**given)[field]
    assert not Contract.objects.exists()
    assert not Edit.objects.exists()


@pytest.mark.django_db
def test_who_when_and_what_is_written_with_every_act():
    person = Person.objects.create(name="Ann", email="ann@corp.example")
    PersonEmail.objects.create(person=person, key="ann@corp.example")
    app = Application.objects.create(key="figma", name="Figma")
    one = made(vendor="", application=app.pk, value="1200.50", currency="eur",
               owner="Ann+work@corp.example")  # fmt: skip
    assert (one.vendor, one.name, one.owner, one.value) == (
        "Figma", "Figma", person, Decimal("1200.50"),
    )  # fmt: skip
    assert acts.edit(one, {"value": "1300", "notes": "Asked."}, by="cfo@corp.example")
    assert not acts.edit(one, {"value": "1300.00"}, by="cfo@corp.example")
    changed, entered = Edit.objects.order_by("-pk")
    assert (entered.what, entered.by, entered.after["value"]) == ("made", BY, "1200.5")
    assert (changed.before, changed.after, changed.by) == (
        {"value": "1200.5", "notes": ""},
        {"value": "1300", "notes": "Asked."},
        "cfo@corp.example",
    )
    acts.delete(one, by=BY)
    assert Edit.objects.order_by("-pk")[0].before["value"] == "1300"


@pytest.mark.django_db
def test_renewing_makes_the_next_term_and_keeps_the_one_before():
    one = acts.create(
        {"vendor": "A", "starts_on": "2099-02-01", "ends_on": "2100-01-31", "currency": "EUR",
         "notice_on": "2099-11-30", "value": "100"}, by=BY,
    )  # fmt: skip
    seen = one.ends_on
    acts.renew(one, {"value": "120", "after": seen}, by=BY)
    assert (one.starts_on, one.ends_on, one.notice_on) == (
        date(2100, 2, 1), date(2101, 1, 31), date(2100, 11, 30),
    )  # fmt: skip
    with pytest.raises(Conflict, match="in the meantime"):
        acts.renew(one, {"after": seen}, by=BY)
    acts.renew(one, {"ends_on": "2101-06-30", "notice_on": "2101-05-31"}, by=BY)
    (second, first) = contract_history.past_terms(one)
    assert (first.ends_on, first.value) == (date(2100, 1, 31), Decimal(100))
    assert (second.starts_on, second.value) == (date(2100, 2, 1), Decimal(120))
    told = contract_history.history(one, with_money=False)
    assert [line.what for line in told] == ["Renewed", "Renewed", "Entered"]
    assert "value" not in [name for line in told for name, _, _ in line.changes]


@pytest.mark.django_db
def test_one_that_has_renewed_by_itself_stands_with_its_new_term():
    one = made(starts_on=days(-400), ends_on=days(-36), auto_renews=True, renews_for_months=1,
               notice_on=days(-46))  # fmt: skip
    told = shown(one)
    assert (told["status"], told["note"]) == ("active", "renewed-itself")
    assert told["ends_on"] == days(-36).isoformat()
    assert TODAY.isoformat() <= told["term"]["ends_on"] <= days(31).isoformat()
    assert told["term"]["notice_on"] < told["term"]["ends_on"]
    acts.renew(one, by=BY)
    assert one.ends_on.isoformat() == told["term"]["ends_on"]
    assert shown(one)["note"] != "renewed-itself"


@pytest.mark.django_db
def test_what_was_told_of_a_term_is_void_once_it_is_agreed_anew():
    one = made(starts_on=days(-400), ends_on=days(-36), auto_renews=True, renews_for_months=1)

    def told():
        return Contract.objects.get(pk=one.pk).rolled_ends_on

    def ends():
        return contracts().get(pk=one.pk).term_ends_on

    def tells():
        assert (told(), acts.roll_on(), acts.roll_on()) == (None, 1, 0)
        return told()

    monthly = ends()
    assert tells() == monthly
    acts.edit(one, {"name": "Another"}, by=BY)
    assert told() == monthly
    acts.edit(one, {"renews_for_months": 12}, by=BY)
    assert tells() == ends() != monthly
    Contract.objects.bulk_update([Contract(pk=one.pk, renews_for_months=1)], ["renews_for_months"])
    assert tells() == ends() == monthly
    assert contracts(days(50)).get(pk=one.pk).term_ends_on >= days(50)
    acts.edit(one, {"ends_on": days(5)}, by=BY)
    assert (told(), ends(), acts.roll_on()) == (None, days(5), 0)


@pytest.mark.django_db
@pytest.mark.parametrize("starts", [days(-265), ""])
def test_one_that_is_renewed_early_holds_already(starts):
    one = made(starts_on=starts, ends_on=days(99), renews_for_months=12)
    acts.renew(one, by=BY)
    assert one.starts_on == days(100)
    assert shown(one)["status"] == "active"
    assert shown(made(starts_on=days(1)))["status"] == "upcoming"


@pytest.mark.django_db
def test_an_end_can_be_told_beforehand_and_taken_back():
    one = made(auto_renews=True, renews_for_months=12)
    acts.end(one, by=BY)
    assert (shown(one)["status"], shown(one)["ended_on"]) == ("ending", days(99).isoformat())
    assert shown(one)["renews_on"] is None
    with pytest.raises(Conflict, match="take that back first"):
        acts.renew(one, by=BY)
    acts.resume(one, by=BY)
    assert shown(one)["status"] == "active"
    acts.end(one, TODAY, by=BY)
    assert shown(one)["status"] == "ended"


@pytest.mark.django_db
def test_lines_say_how_many_seats_at_what_price():
    app = Application.objects.create(key="figma", name="Figma")
    full = LicenceType.objects.create(application=app, key="full", name="Full seat")
    one = made()
    with pytest.raises(Invalid, match="in which currency"):
        acts.add_line(one, {"licence": full.pk, "seats": 5, "amount": "12"}, by=BY)
    acts.edit(one, {"currency": "USD"}, by=BY)
    line = acts.add_line(one, {"licence": full.pk, "seats": "5", "amount": "12"}, by=BY)
    with pytest.raises(Invalid, match="a line already"):
        acts.add_line(one, {"licence": full.pk, "seats": 1}, by=BY)
    with pytest.raises(Invalid, match="how many seats"):
        acts.edit_line(line, {"seats": ""}, by=BY)
    acts.edit_line(line, {"seats": 7}, by=BY)
    with pytest.raises(Invalid, match="prices of its lines"):
        acts.edit(one, {"currency": ""}, by=BY)
    assert [r["seats"] for r in report("contracts").run().records()] == [7]
    acts.remove_line(line, by=BY)
    told = contract_history.history(one, with_money=True)
    assert [(line.what, line.of) for line in told][:3] == [
        ("Line removed:", "Full seat"),
        ("Line changed:", "Full seat"),
        ("Line added:", "Full seat"),
    ]


dates = st.dates(TODAY - timedelta(days=3000), TODAY + timedelta(days=900))
maybe = st.none() | dates


@st.composite
def agreed(draw):
    starts, ends = sorted(draw(st.tuples(dates, dates)))
    notice = draw(maybe)
    return Contract(
        vendor="V", name="N", starts_on=draw(st.sampled_from([None, starts])), ends_on=ends,
        began_on=draw(maybe), notice_on=min(notice, ends) if notice else None, ended_on=draw(maybe),
        auto_renews=draw(st.booleans()), renews_for_months=draw(st.integers(1, 60)),
    )  # fmt: skip


@given(agreed())
def test_a_term_that_came_by_itself_holds_today(contract):
    term = terms.term_of(contract, TODAY)
    if contract.auto_renews and contract.ended_on is None:
        assert term.ends_on >= TODAY
        before = terms.later(contract, term.rolled - 1).ends_on if term.rolled > 1 else None
        assert (before or contract.ends_on) < TODAY or not term.rolled
        assert term.notice_on is None or term.notice_on <= term.ends_on
    else:
        assert term == terms.Term(contract.starts_on, contract.ends_on, contract.notice_on)


@pytest.mark.django_db
@given(st.lists(agreed(), min_size=1, max_size=8))
def test_the_database_and_python_tell_the_same(made):
    Contract.objects.all().delete()
    Contract.objects.bulk_create(made)
    both = list(contracts())
    acts.roll_on()
    assert not Contract.objects.filter(terms.untold(TODAY)).exists()
    for row in both + list(contracts()):
        term = terms.term_of(row, TODAY)
        assert row.standing == terms.standing(row, TODAY)
        assert (row.term_starts_on, row.term_ends_on, row.term_notice_on) == (
            term.starts_on, term.ends_on, term.notice_on,
        )  # fmt: skip
        renews = row.standing in ("active", "upcoming")
        assert row.renews_on == (term.renews_on if renews else None)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(9999, 12, 1), 12, date.max),
    ],
)
def test_months_are_counted_as_contracts_do(day, months, found):
    assert terms.plus_months(day, months) == found
