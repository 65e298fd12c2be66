"""/charges and /vendor-rules: what was paid, line by line, and what vendors' names stand for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool

from steward.api.access import actor, only_with_money
from steward.api.days import Day, day_of
from steward.api.paging import Id, Page, PageQuery, page_of
from steward.api.problems import Problem, not_found, wrong
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Given, Listed, ProblemOut, Text
from steward.api.shapes import CURRENCY, shaped
from steward.insight import charges as facts
from steward.insight.reports.charges import charges
from steward.insight.reports.question import Question
from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.ledger import charges as acts
from steward.ledger import vendors

router = Router(tags=["spend"])
MONEY = {403: ProblemOut}
Sought = Annotated[Text, Field(max_length=300)]


class ChargeQuery(PageQuery):
    application: Id | None = None
    vendor: Sought = ""
    person: Id | None = None
    department: Sought = ""
    instance: Id | None = None
    currency: Annotated[str, shaped(r"^([A-Za-z]{3})?$", CURRENCY)] = ""
    matched: Literal["none", "rule", "name", "hand"] | None = None
    software: bool | None = None
    converted: bool | None = None
    duplicates: Literal["counted", "duplicates", "all"] = "counted"
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    q: Sought = ""


class ChargeOut(Schema):
    """Amounts are text, since they are exact. `converted` is in the company's currency, at the
    `rate` of `rate_day`; null where no rate is known."""

    id: int
    day: date
    amount: str
    currency: str
    converted: str | None
    converted_currency: str
    rate: str | None
    rate_day: date | None
    vendor: str
    vendor_key: str
    description: str
    external_id: str
    application: int | None
    matched: str | None
    software: bool
    person: int | None
    department: str
    instance: int | None
    import_: int | None = Field(alias="import")
    duplicate_of: int | None


class ChargeChange(Given):
    """`duplicate_of` null says that it is no duplicate; `application` null leaves it to the rules;
    `software` false says that this one is none."""

    application: Id | None = None
    software: StrictBool | None = None
    duplicate_of: Id | None = None


class RuleOut(Schema):
    """Of a vendor, as rules compare it; without an application it sells no software."""

    id: int
    vendor: str
    prefix: bool
    application: int | None
    software: bool
    by: str
    at: str


class NewRule(Given):
    vendor: Annotated[Text, Field(min_length=1, max_length=300)]
    application: Id | None
    prefix: StrictBool = False


@router.get("/charges", response=read(Listed[ChargeOut]) | MONEY, by_alias=True)
def list_charges(request: HttpRequest, page: Annotated[ChargeQuery, Query()]) -> Any:
    """In the order in which they became known; `from` and `to` are days."""
    only_with_money(request)
    given = page.dict()
    asked = {
        **{name: given[name] for name in ("vendor", "department", "currency", "q", "duplicates")},
        "matched": page.matched or "",
        "software": _word(page.software),
        "converted": _word(page.converted),
        "application": str(page.application or ""),
        "person": str(page.person or ""),
        "source": f"instance:{page.instance}" if page.instance else "",
        "from": str(day_of(page.from_, "from") or ""),
        "to": str(day_of(page.to, "to") or ""),
    }
    return page_of(charges(Question(asked)), page, facts.of_charges)


def _word(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


@router.get("/charges/{id}", response=read_one(ChargeOut) | MONEY, by_alias=True)
def get_charge(request: HttpRequest, id: Id) -> Any:
    only_with_money(request)
    return facts.of_charge(_charge(id))


@router.patch("/charges/{id}", response=created(ChargeOut, 200), by_alias=True)
def change_charge(request: HttpRequest, id: Id, data: ChargeChange) -> Any:
    """This one alone; a rule speaks of all charges of a vendor."""
    charge, given = _charge(id), data.dict(exclude_unset=True)
    if "duplicate_of" in given:
        number = given.pop("duplicate_of")
        original = _charge(number) if number else None
        acts.set_duplicate(charge, original, by=actor(request))
    values: dict[str, Any] = {}
    if "application" in given:
        values["application"] = _application(given["application"])
    if given.get("software") is not None:
        values["is_saas"] = given["software"]
    if values.get("application") and values.get("is_saas") is False:
        raise wrong("software", "What is of an application is software.")
    if values:
        acts.change(charge, by=actor(request), **values)
    return facts.of_charge(_charge(id))


@router.get("/vendor-rules", response=read(Listed[RuleOut]) | MONEY)
def list_rules(request: HttpRequest, page: Page) -> Any:
    only_with_money(request)
    rows = VendorRule.objects.all()
    return page_of(rows, page, lambda found: map(facts.of_rule, found))


@router.post("/vendor-rules", response=created(RuleOut))
def add_rule(request: HttpRequest, data: NewRule) -> Any:
    """Once and for all: past charges of the vendor follow at once. In place of the rule before."""
    application = _application(data.application)
    rule = vendors.assign(data.vendor, application, by=actor(request), is_prefix=data.prefix)
    return 201, facts.of_rule(rule)


@router.delete("/vendor-rules/{id}", response=accepted(RuleOut, 200))
def remove_rule(request: HttpRequest, id: Id) -> Any:
    rule = VendorRule.objects.filter(pk=id).first()
    if rule is None:
        raise not_found("rule")
    told = facts.of_rule(rule)
    vendors.remove(rule, by=actor(request))
    return told


def _charge(id: int) -> Charge:
    row: Charge | None = Charge.objects.present().filter(pk=id).first()
    if row is None:
        raise not_found("charge")
    return row


def _application(number: int | None) -> Application | None:
    if number is None:
        return None
    row: Application | None = Application.objects.filter(pk=number).first()
    if row is None:
        raise Problem(404, "not_found", "There is no such application.")
    return row
