"""Every licence with its seats, what it costs and what of that is wasted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steward.insight.licences import BY_APP, BY_HAND, Licence, licences
from steward.insight.provenance import provenance
from steward.insight.reports.choices import application_filter
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question, in_report

SEATS = in_report("licence-seats", licence="{number}", state="")
USED = in_report("licence-seats", licence="{number}", state="used")
WASTE = in_report("wasted-spend", licence="{number}")
STREAMS = ("accounts", "licenses", "activity")
SAID_BY = {BY_APP: "the app", BY_HAND: "entered by hand", "": None}
ORIGINS = ((BY_APP, "Read from the app"), (BY_HAND, "Made by hand"))


def _made(question: Question) -> list[dict[str, Any]]:
    return [_row(one) for one in chosen(question)]


def chosen(question: Question) -> Iterator[Licence]:
    number, text = question["application"], question["q"].casefold()
    for one in licences(int(number) if number else None):
        origin = BY_HAND if one.is_by_hand else BY_APP
        if question["origin"] in ("", origin) and text in str(one).casefold():
            yield one


def _row(one: Licence) -> dict[str, Any]:
    price, costs, waste = one.price, one.costs, one.waste
    return {
        "application": one.application_name,
        "licence": one.name,
        "bought": one.bought,
        "bought_by": SAID_BY[one.bought_by],
        "assigned": one.assigned,
        "active": one.active,
        "unassigned": one.unassigned,
        "wasted": one.wasted_seats if one.states is not None else None,
        "priced": price.short if price else None,
        "price_by": price.origin if price else None,
        "contract": price.by.contract if price and price.by else None,
        "price": price.amount if price else None,
        "currency": price.currency if price else None,
        "months": price.months if price else None,
        "costs_month": costs.month if costs else None,
        "waste_month": waste.month if waste and one.states is not None else None,
        "waste_year": waste.year if waste and one.states is not None else None,
        "not_told": one.why_no_cost or None,
        "number": one.number,
        "application_id_": one.application,
    }


def _left_out(question: Question) -> str:
    named = sorted(str(one) for one in chosen(question) if not one.cost)
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    return f"No cost is known of {', '.join(named[:5])}{more}." if named else ""


REPORT = Listed(
    slug="licences",
    title="Licences",
    description="Every kind of paid seat: how many were bought, are assigned and used, what they "
    "cost, and what of that is wasted. Amounts are in the company's currency, at the latest rate.",
    columns=(
        Column("application", "Application", link="application", link_by="application_id_"),
        Column("licence", "Licence", link="licence", link_by="number"),
        Column("bought", "Bought", "number"),
        Column("bought_by", "Bought, says", aside=True),
        Column(
            "assigned",
            "Assigned",
            "number",
            opens=SEATS,
        ),
        Column(
            "active",
            "Active",
            "number",
            opens=USED,
        ),
        Column("unassigned", "Unassigned", "number"),
        Column("wasted", "Wasted seats", "number", opens=WASTE),
        Column("priced", "Price a seat", about_money=True),
        Column(
            "price_by",
            "Price, says",
            link="contract",
            link_by="contract",
            aside=True,
            about_money=True,
        ),
        Column("price", "Price", "money", currency_by="currency", aside=True),
        Column("currency", "Price in", aside=True, about_money=True),
        Column("months", "Months it is for", "number", aside=True, about_money=True),
        Column("costs_month", "Costs a month", "money"),
        Column(
            "waste_month",
            "Waste a month",
            "money",
            opens=WASTE,
        ),
        Column("waste_year", "Waste a year", "money", aside=True),
        Column("not_told", "Not told because", aside=True, about_money=True),
        Column("contract", "Price, contract number", "id", hidden=True, about_money=True),
        Column("number", "Licence number", "id", hidden=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    made=_made,
    provenance=lambda question: provenance(STREAMS),
    left_out=_left_out,
    order=("-waste_month", "-wasted", "application", "licence"),
    filters=(
        Filter("q", "Name"),
        application_filter(),
        Filter("origin", "Known by", "choice", choices=lambda: ORIGINS),
    ),
    empty="No licences yet. They appear when an app that tells of paid seats has been synced, and "
    "when you add one by hand.",
)
