"""What the made-up company pays for: on Ramp cards in dollars, and by a bank card in euros."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from steward.demo.company import Company, Human

MONTHS = 14
# Merchant, its line on statements, dollars a month, the department whose card it is on.
_DOLLARS = (
    "Slack|SLACK T0NRTHWND1|2118.75|Engineering",
    "GitHub|GITHUB, INC.|1659.00|Engineering",
    "Atlassian|ATLASSIAN* JIRA|742.50|Product",
    "Figma|FIGMA MONTHLY RENEWAL|405.00|Product",
    "Notion|NOTION LABS, INC.|312.00|Product",
    "Zoom|ZOOM.US 888-799-9666|1249.17|People",
    "Salesforce|SALESFORCE.COM|4950.00|Sales",
    "DocuSign|DOCUSIGN INC|260.00|Finance",
    "Google Workspace|GOOGLE *WORKSPACE NRTHWND|2880.00|Security",
    "Datadog|DATADOG INC|1893.42|Engineering",
    "OpenAI|OPENAI *CHATGPT SUBSCR|420.00|Data",
    "Canva|CANVA* I04512-3344|119.99|Marketing",
    "Blue Bottle Coffee|SQ *BLUE BOTTLE #0123|184.20|Sales",
)
# The line on the bank's statement, and euros a month.
_EUROS = (
    "Personio SE & Co. KG|1340.00",
    "MIRO.COM AMSTERDAM|228.80",
    "Hetzner Online GmbH 2231907|96.43",
    "DEUTSCHE BAHN BERLIN|412.60",
)


@dataclass(frozen=True)
class Paid:
    number: int
    day: date
    amount: Decimal
    currency: str
    merchant: str
    line: str
    holder: Human


def card_holders(company: Company) -> list[Human]:
    """Whoever leads a department, and a few more; they do not leave."""
    staying = [h for h in company.people if h.left is None and h.employment == "employee"]
    leads = {human.department: human for human in reversed(staying)}
    return sorted({h.number: h for h in (*leads.values(), *staying[::20])}.values(), key=_number)


def by_card(company: Company) -> list[Paid]:
    """Each merchant once a month; prices move a little, and now and then one gives money back."""
    random, holders = Random(11), card_holders(company)
    leads = {human.department: human for human in reversed(holders)}
    paid: list[Paid] = []
    for month in _months(company.today):
        for merchant, line, dollars, department in (text.split("|") for text in _DOLLARS):
            day = month + timedelta(days=random.randint(0, 27))
            factor = Decimal(random.randint(92, 108)) / 100
            amount = (Decimal(dollars) * factor).quantize(Decimal("0.01"))
            back = random.random() < 0.04
            if day <= company.today:
                who, number = leads[department], len(paid) + 1
                paid.append(Paid(number, day, amount, "USD", merchant, line, who))
                if back and day + timedelta(days=3) <= company.today:
                    again = (number + 1, day + timedelta(days=3), -amount / 4)
                    paid.append(Paid(*_in_cents(again), "USD", merchant, line, who))
    return paid


def by_bank(company: Company) -> Iterator[tuple[date, Decimal, str, str]]:
    """The bank's statement: day, amount, currency, line. It has Figma's last three payments too,
    which Ramp has told of."""
    random = Random(12)
    for month in _months(company.today):
        for line, euros in (text.split("|") for text in _EUROS):
            day = month + timedelta(days=random.randint(0, 27))
            if day <= company.today:
                yield day, Decimal(euros), "EUR", line
    for paid in [p for p in by_card(company) if p.merchant == "Figma" and p.amount > 0][-3:]:
        yield paid.day + timedelta(days=2), paid.amount, "USD", f"{paid.line} SAN FRANCISCO CA"


def rates(company: Company) -> Iterator[tuple[date, Decimal]]:
    """Dollars for a euro, on the first of each month but the very first."""
    random = Random(13)
    for month in list(_months(company.today))[1:]:
        yield month, Decimal(random.randint(10_500, 11_800)) / 10_000


def _months(today: date) -> Iterator[date]:
    first = today.replace(day=1)
    months = [first]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return reversed(months)


def _in_cents(given: tuple[int, date, Decimal]) -> tuple[int, date, Decimal]:
    number, day, amount = given
    return number, day, amount.quantize(Decimal("0.01"))


def _number(human: Human) -> int:
    return human.number
