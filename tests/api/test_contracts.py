import hashlib
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from icalendar import Calendar

from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.licence import LicenceType
from tests.api.conftest import problem, streamed

pytestmark = pytest.mark.django_db
TODAY = terms.today()


def day(count):
    return str(TODAY + timedelta(days=count))


@pytest.fixture
def contract(api):
    term = {"starts_on": day(-300), "ends_on": day(64), "notice_on": day(30)}
    renews = {"auto_renews": True, "renews_for_months": 12}
    body = {"vendor": "Figma", **term, **renews, "value": 1200.5, "currency": "EUR"}
    made = api("POST", "/contracts", body)
    assert made.status_code == 201, made.content
    return made.json()


def upload(api, contract, name="a.pdf", content=b"%PDF"):
    path = f"/api/v1/contracts/{contract['id']}/documents"
    file = SimpleUploadedFile(name, content)
    return api.client.post(path, {"file": file}, headers=api.headers)


def test_the_life_of_a_contract(api, contract):
    path = f"/contracts/{contract['id']}"
    assert (contract["value"], contract["status"], contract["renews_on"]) == (
        "1200.50", "active", day(65),
    )  # fmt: skip
    changed = api("PATCH", path, {"value": "1300", "notice_on": None}).json()
    assert (changed["value"], changed["notice_on"], changed["vendor"]) == ("1300.00", None, "Figma")
    renewed = api("POST", f"{path}/renew", {"value": "1400", "after": day(64)}).json()
    assert (renewed["starts_on"], renewed["value"]) == (day(65), "1400.00")
    problem(api("POST", f"{path}/renew", {"after": day(64)}), 409, "changed")
    assert api("POST", f"{path}/end", {"ended_on": day(0)}).json()["status"] == "ended"
    problem(api("POST", f"{path}/renew", {}), 409, "ended")
    assert api("PATCH", path, {"ended_on": None}).json()["status"] == "active"
    edits = api("GET", f"{path}/edits", limit=2).json()
    assert [e["what"] for e in edits["items"]] == ["resumed", "ended"]
    more = api("GET", f"{path}/edits", cursor=edits["next"]).json()["items"]
    assert [e["what"] for e in more] == ["renewed", "changed", "made"]
    assert more[1]["before"]["value"] == "1200.5"
    assert api("DELETE", path).status_code == 200
    problem(api("GET", path), 404, "not_found")


def test_what_is_wrong_is_said_by_field(api, contract):
    wrong = problem(api("POST", "/contracts", {"vendor": "A", "value": 1}), 422, "invalid")
    assert wrong["errors"] == [
        {"field": "currency", "message": "Say in which currency the value is."}
    ]
    both = {"starts_on": "2026-02-30", "currency": "QQQ", "vendor": "A"}
    told = problem(api("POST", "/contracts", both), 422, "invalid")
    assert {e["field"] for e in told["errors"]} == {"starts_on", "currency"}
    path = f"/contracts/{contract['id']}"
    problem(api("PATCH", path, {"notice_on": day(65), "vendor": "Other"}), 422, "invalid")
    assert api("GET", path).json()["vendor"] == "Figma"
    problem(api("PATCH", path, {"value": -1}), 422, "invalid")
    problem(api("PATCH", path, {"colour": "red"}), 422, "invalid")


def test_lists_are_paged_and_filtered(api, contract):
    app = Application.objects.create(key="other", name="Other")
    for number in range(3):
        body = {"application": app.pk, "name": f"N {number}", "ends_on": day(200 + number)}
        api("POST", "/contracts", body)

    def names(**query):
        return [c["name"] for c in api("GET", "/contracts", **query).json()["items"]]

    first = api("GET", "/contracts", limit=3).json()
    rest = api("GET", "/contracts", limit=3, cursor=first["next"]).json()
    assert [c["name"] for c in first["items"] + rest["items"]] == ["Figma", "N 0", "N 1", "N 2"]
    assert names(application=app.pk) == ["N 0", "N 1", "N 2"]
    assert names(within=65) == ["Figma"]
    assert names(within=64) == []
    assert names(vendor="fig") == ["Figma"]
    assert names(q="n 1") == ["N 1"]
    assert names(status="ended") == []
    problem(api("GET", "/contracts", status="odd"), 422, "invalid")
    listed = streamed(api("GET", "/reports/contracts", within=65))
    assert [(row["name"], row["value"]) for row in listed["items"]] == [("Figma", "1200.50")]


def test_lines_and_documents(api, contract):
    app = Application.objects.create(key="figma", name="Figma")
    full = LicenceType.objects.create(application=app, key="full", name="Full seat")
    path = f"/contracts/{contract['id']}"
    line = api("POST", f"{path}/lines", {"license": full.pk, "seats": 5, "amount": "12.5"})
    assert (line.status_code, line.json()["amount"]) == (201, "12.50")
    number = line.json()["id"]
    assert api("PATCH", f"{path}/lines/{number}", {"seats": 7}).json()["seats"] == 7
    assert api("GET", path).json()["seats"] == 7
    problem(api("POST", f"{path}/lines", {"license": full.pk, "seats": 5}), 422, "invalid")
    made = upload(api, contract)
    assert (made.status_code, made.json()["sha256"]) == (201, hashlib.sha256(b"%PDF").hexdigest())
    document = f"{path}/documents/{made.json()['id']}"
    given = api("GET", document)
    assert given.content == b"%PDF"
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["Content-Disposition"].startswith("attachment; ")
    assert api("GET", f"{path}/documents").json()["items"] == [made.json()]
    other = api("POST", "/contracts", {"vendor": "Other"}).json()["id"]
    problem(api("GET", f"/contracts/{other}/documents/{made.json()['id']}"), 404, "not_found")
    problem(api("DELETE", f"/contracts/{other}/lines/{number}"), 404, "not_found")
    assert api("DELETE", document).status_code == 200
    assert api("DELETE", f"{path}/lines/{number}").status_code == 200
    kinds = [e["kind"] for e in api("GET", f"{path}/edits").json()["items"]]
    assert kinds == ["contract_line", "document", "document", "contract_line", "contract_line",
                     "contract"]  # fmt: skip


def test_a_file_that_is_too_large_or_missing_is_refused(api, contract, settings):
    settings.STEWARD_DOCUMENT_BYTES = 1024 * 1024
    large = problem(upload(api, contract, content=b"x" * 3 * 1024 * 1024), 422, "invalid")
    assert large["errors"][0]["message"].startswith("The file is larger than 1 MB")
    problem(upload(api, contract, content=b""), 422, "invalid")
    problem(api("POST", f"/contracts/{contract['id']}/documents", {}), 422, "invalid")


def test_renewals_as_a_list_and_as_a_calendar(api, contract):
    dues = api("GET", "/renewals", days=70).json()["items"]
    assert [(d["kind"], d["day"]) for d in dues] == [("notice", day(30)), ("renews", day(65))]
    answer = api("GET", "/renewals.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 2


def everything_changed(api, slug):
    """As a report that was made of it and is shared says it."""
    return streamed(api("GET", f"/reports/{slug}"))["items"]


def test_a_reader_looks_and_sees_no_money_where_it_is_hidden(api, reader, contract):
    made = upload(api, contract).json()
    path = f"/contracts/{contract['id']}"
    api("PATCH", path, {"notes": "1200.5 a year"})
    definition = {"dataset": "edits", "columns": ["kind", "name", "comment"]}
    asked = {"name": "All that changed", "definition": definition, "shared": True}
    slug = api("POST", "/reports", asked).json()["slug"]
    seen = reader("GET", path).json()
    assert (seen["value"], seen["notes"]) == ("1200.50", "1200.5 a year")
    assert "a.pdf" in str(everything_changed(reader, slug))
    problem(reader("PATCH", path, {"name": "x"}), 403, "forbidden")
    problem(upload(reader, contract), 403, "forbidden")
    Company.objects.create(pk=1, readers_see_money=False)
    told = reader("GET", path).json()
    assert (told["value"], told["notes"], told["documents"]) == (None, None, [])
    assert {row["kind"] for row in everything_changed(reader, slug)} == {"report", "contract"}
    assert "a.pdf" in str(everything_changed(api, slug))
    problem(reader("GET", f"{path}/documents"), 403, "forbidden")
    problem(reader("GET", f"{path}/documents/{made['id']}"), 403, "forbidden")
    everything = [
        reader("GET", p).content.decode()
        for p in ("/contracts", f"{path}/edits", "/renewals", "/renewals.ics")
    ]
    everything.append(str(streamed(reader("GET", "/reports/contracts"))))
    everything.append(str(everything_changed(reader, slug)))
    assert not re.search(r"1,?200\.5|a\.pdf", "".join(everything))
