"""What the made-up company is divided into, and the apps it signs on to through Okta."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from steward.demo.staff import Human, SignOn, SsoApp

TITLES = {
    "Engineering": "Software Engineer|Senior Engineer|Site Reliability Engineer|QA Engineer",
    "Data": "Data Analyst|Data Engineer|Machine Learning Engineer",
    "Security": "Security Engineer|IT Administrator",
    "Product": "Product Manager|Product Designer|User Researcher",
    "Sales": "Account Executive|Sales Development Representative|Solutions Engineer",
    "Marketing": "Content Strategist|Brand Designer|Growth Manager",
    "Finance": "Accountant|Financial Analyst|Payroll Specialist",
    "People": "Recruiter|HR Business Partner",
    "Support": "Support Engineer|Customer Success Manager",
}
TEAMS = {
    "okta": {"everyone": "Everyone", "contractors": "Contractors"}
    | {name.lower(): name for name in TITLES},
    "google": {"everyone": "All staff", "contractors": "Contractors"}
    | {name.lower(): f"{name} team" for name in TITLES},
    "github": {"platform": "Platform", "web": "Web", "data": "Data", "security": "Security"},
    "slack": {"oncall": "On call", "leads": "Team leads", "support": "Support", "sales": "Sales"},
    "scim": {name.lower(): name for name in TITLES},
    "csv": {},
}
_ROWS = (
    "slack slack Slack|github githubcloud GitHub Enterprise Cloud|zoom zoomus Zoom|"
    "figma figma Figma|salesforce salesforce Salesforce|notion notion Notion|"
    "jira atlassian Atlassian Cloud|"
    "docusign docusign DocuSign|miro miro Miro|workday workday Workday|zendesk zendesk Zendesk|"
    "expenses northwindlabs_expensedesk_1 Expense Desk|wiki northwindlabs_wiki_1 Old Wiki"
)
SSO = tuple(
    SsoApp(key, name, label, number, active=key != "wiki")
    for number, (key, name, label) in enumerate((app.split(" ", 2) for app in _ROWS.split("|")), 1)
)
APPS_OF = {
    "Engineering": ("github", "jira", "notion"),
    "Data": ("github", "jira", "salesforce"),
    "Security": ("github", "jira", "wiki"),
    "Product": ("figma", "miro", "jira", "notion"),
    "Sales": ("salesforce", "docusign", "expenses"),
    "Marketing": ("figma", "salesforce", "notion"),
    "Finance": ("workday", "expenses", "docusign"),
    "People": ("workday", "expenses", "docusign"),
    "Support": ("zendesk", "salesforce"),
}


def moment(random: Random, today: date, days: int) -> datetime:
    """`days` ago (at least one), in working hours."""
    at = time(random.randint(7, 18), random.randint(0, 59), random.randint(0, 59), tzinfo=UTC)
    return datetime.combine(today - timedelta(days=max(days, 1)), at)


def sign_ons(random: Random, people: Iterable[Human], today: date) -> Iterator[SignOn]:
    """90 days, each app on up to one working day in three, never after the last use of Okta."""
    by_key = {app.key: app for app in SSO if app.active}
    days = [d for d in range(1, 91) if (today - timedelta(days=d)).weekday() < 5]
    for human in people:
        for key in (key for key in human.uses["okta"].apps if key in by_key):
            for day in random.sample(days, random.randint(0, len(days) // 3)):
                at = moment(random, today, day)
                if _could(human, at):
                    yield SignOn(human, by_key[key], at)


def _could(human: Human, at: datetime) -> bool:
    last = human.uses["okta"].last_active
    return last is not None and human.started <= at.date() and at <= last
