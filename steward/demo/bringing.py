"""What the made-up company brings in a file: the list of its people, as its HR tool exports it."""

from __future__ import annotations

import csv
import io
import sys
from datetime import timedelta

import httpx2

from steward.demo.company import Company
from steward.demo.staff import DOMAIN

_SITES = ("Berlin", "Oslo", "Austin", "Remote")


def bring_people(api: httpx2.Client, company: Company) -> None:
    """With two who start next week and have no account yet, and a line that HR got wrong."""
    data = {"as": "people", "good_rows": "true"}
    answer = api.post("/imports", data=data, files={"file": ("people.csv", _list(company))})
    if answer.status_code != 201:
        sys.exit(f"The people list could not be imported: {answer.text}")


def _list(company: Company) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(
        ["Work email", "Employee", "Department", "Cost center", "Site", "Hire date",
         "Termination date", "Employment status"]
    )  # fmt: skip
    centres = {name: 4100 + 10 * n for n, name in enumerate(sorted(_departments(company)))}
    for human in company.people:
        place, left = _SITES[human.number % len(_SITES)], human.left or ""
        of = (human.department, centres[human.department], place, human.started, left)
        rows.writerow([human.email, human.name, *of, "terminated" if left else "active"])
    start = company.today + timedelta(days=7)
    for first, last in (("Ines", "Okafor"), ("Paul", "Lindqvist")):
        mail = f"{first}.{last}@{DOMAIN}".lower()
        rows.writerow([mail, f"{first} {last}", "Design", 4100, "Oslo", start, "", "active"])
    rows.writerow(["to be announced", "New hire", "Sales", "", "", "", "", "active"])
    return text.getvalue().encode()


def _departments(company: Company) -> set[str]:
    return {human.department for human in company.people}
