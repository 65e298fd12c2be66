"""/findings: listing, narrowing, accepting and taking back."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.inventory.account import Account
from steward.inventory.finding import Finding
from steward.sdk import records as r
from steward.work import findings
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


def in_days(days):
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def acme(connect, sync, company):
    company.people("ann")
    company.streams["accounts"] += [
        r.Account(id="bot", username="bot", kind="service"),
        r.Account(id="eve", email="eve@corp.example", role="admin", attributes={"mfa": False}),
    ]
    company.streams["grants"] = [
        r.App(id="z", name="Zoom"),
        r.Grant(app="z", account="ann", scopes=("mail",)),
    ]
    instance = connect()
    sync(instance)
    findings.tell()
    return instance


def test_findings_are_listed_and_narrowed(api, acme):
    items = api("GET", "/findings").json()["items"]
    by_rule = {one["rule"]: one for one in items}
    assert by_rule.keys() == {
        "unapproved-app", "account-nobody-owns", "admin-without-second-factor",
    }  # fmt: skip
    first = api("GET", "/findings", limit=2).json()
    rest = api("GET", "/findings", limit=2, cursor=first["next"]).json()
    assert [*first["items"], *rest["items"]] == items
    app, admin = by_rule["unapproved-app"], by_rule["admin-without-second-factor"]
    assert (app["account"], app["instance"], app["name"]) == (None, None, "Zoom")
    assert (admin["severity"], admin["instance"]) == ("critical", acme.pk)
    assert admin["evidence"] == {"role": "admin", "second_factor": False}
    assert admin["person"] == Account.objects.get(pk=admin["account"]).person_id

    def rules(**asked):
        return [one["rule"] for one in api("GET", "/findings", **asked).json()["items"]]

    assert rules(severity="critical") == rules(account=admin["account"])
    assert rules(person=admin["person"]) == ["admin-without-second-factor"]
    assert rules(application=app["application"]) == ["unapproved-app"]
    assert set(rules(severity="grave")) == {"unapproved-app", "admin-without-second-factor"}
    assert len(rules(instance=acme.pk)) == len(rules(application=acme.application_id)) == 2
    assert rules(q="second fac") == ["admin-without-second-factor"]
    assert rules(rule="nope") == rules(state="ended") == []
    assert len(rules(state="all")) == 3
    problem(api("GET", "/findings", state="fine"), 422, "invalid")
    problem(api("GET", "/findings/99999"), 404, "not_found")


def test_rules_say_what_they_look_for_and_where_they_cannot(api, acme):
    rules = {rule["rule"]: rule for rule in api("GET", "/findings/rules").json()["items"]}
    assert len(rules) == 7
    assert rules["admin-without-second-factor"]["open"] == 1
    assert rules["leaver-active"]["not_asked"] == [
        "No directory, sign-on service or people list says who works here."
    ]
    assert "owners" in rules["external-writer"]["means"]


def test_a_finding_is_accepted_and_taken_back(api, reader, acme):
    (one,) = api("GET", "/findings", rule="account-nobody-owns").json()["items"]
    path = f"/findings/{one['id']}"
    body = {"reason": "Kept by IT", "until": in_days(30)}
    problem(reader("PATCH", path, body), 403, "forbidden")
    told = api("PATCH", path, body).json()
    assert (told["state"], told["reason"], told["accepted_until"]) == (
        "accepted", "Kept by IT", in_days(30),
    )  # fmt: skip
    assert told["accepted_by"].startswith("token ")
    assert [line["what"] for line in told["history"]] == ["accepted"]
    assert reader("GET", path).json() == told
    assert api("GET", "/findings", rule="account-nobody-owns").json()["items"] == []
    back = api("PATCH", path, {"state": "open"}).json()
    assert (back["state"], back["reason"], back["accepted_until"]) == ("open", None, None)
    problem(api("PATCH", path, {"state": "open"}), 409, "not_accepted")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": in_days(1)}, "reason"),
        ({"reason": "x"}, "until"),
        ({"reason": "x", "until": in_days(0)}, "until"),
        ({"reason": "x", "until": in_days(732)}, "until"),
        ({"reason": "x", "until": "2027-02-31"}, "until"),
        ({"reason": "x" * 2_001, "until": in_days(1)}, "reason"),
        ({"state": "open", "reason": "x"}, "state"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(api, acme, body, field):
    one = Finding.objects.first()
    said = problem(api("PATCH", f"/findings/{one.pk}", body), 422, "invalid")
    assert [error["field"] for error in said["errors"]] == [field]
    one.refresh_from_db()
    assert one.state == "open"


def test_one_that_is_over_cannot_be_accepted(api, acme, company, sync):
    (one,) = api("GET", "/findings", rule="account-nobody-owns").json()["items"]
    company.streams["accounts"].pop(1)
    sync(acme)
    findings.tell()
    body = {"reason": "Kept", "until": in_days(1)}
    problem(api("PATCH", f"/findings/{one['id']}", body), 409, "ended")
