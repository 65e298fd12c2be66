"""Saying who is who over the API."""

import pytest

from steward.sdk import records as r
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(connect, sync, company):
    company.people("ann", "bea")
    company.streams["accounts"].append(r.Account(id="x", username="x", name="Ann"))
    found = connect()
    sync(found)
    return found


@pytest.fixture
def numbers(api, instance):
    """Of the accounts and of their people, by the app's id."""
    rows = api("GET", "/accounts").json()["items"]
    return {a["external_id"]: (a["id"], a["person"]) for a in rows}


def test_what_is_unclear_is_listed_and_decided(api, numbers):
    (found,) = api("GET", "/matches/accounts").json()["items"]
    account, _ = numbers["x"]
    _, ann = numbers["ann"]
    assert (found["account"], found["candidates"][0]["id"]) == (account, ann)
    change = api("POST", f"/accounts/{account}/owner", {"person": ann}).json()
    assert (change["what"], change["person"]) == ("decided", ann)
    assert api("GET", "/matches/accounts").json()["items"] == []
    assert api("GET", f"/people/{ann}").json()["accounts"] == 2
    undone = api("POST", f"/changes/{change['id']}/undo").json()
    assert undone["undone_by"] == "token admin"
    problem(api("POST", f"/changes/{change['id']}/undo"), 409, "undone")
    assert len(api("GET", f"/people/{ann}/changes").json()["items"]) == 1


def test_people_are_merged_split_and_kept_apart(api, numbers):
    (ann_account, ann), (bea_account, bea) = numbers["ann"], numbers["bea"]
    merged = api("POST", f"/people/{ann}/merge", {"other": bea}).json()
    assert api("GET", f"/people/{ann}").json()["emails"] == [
        "ann@corp.example",
        "bea@corp.example",
    ]
    problem(api("GET", f"/people/{bea}"), 404, "not_found")
    api("POST", f"/changes/{merged['id']}/undo")
    assert api("GET", f"/people/{bea}").status_code == 200
    api("POST", f"/people/{ann}/merge", {"other": bea})
    assert api("POST", f"/people/{ann}/split", {"accounts": [bea_account]}).status_code == 200
    problem(api("POST", f"/people/{ann}/split", {"accounts": [ann_account]}), 409, "all_accounts")
    problem(api("POST", f"/people/{ann}/split", {"accounts": [bea_account]}), 409, "not_theirs")


def test_two_of_one_name_are_asked_about_once(api, numbers, connect, sync, company):
    account, _ = numbers["x"]
    api("POST", f"/accounts/{account}/owner", {"kind": "new"})
    (pair,) = api("GET", "/matches/people").json()["items"]
    one, other = pair["one"]["id"], pair["other"]["id"]
    assert api("POST", f"/people/{one}/apart", {"other": other}).status_code == 200
    assert api("GET", "/matches/people").json()["items"] == []
    problem(api("POST", f"/people/{other}/apart", {"other": one}), 409, "known_apart")


def test_what_does_not_go_is_said(api, reader, numbers):
    account, ann = numbers["ann"]
    path = f"/accounts/{account}/owner"
    problem(api("POST", path, {}), 422, "invalid")
    problem(api("POST", path, {"person": ann, "kind": "new"}), 422, "invalid")
    problem(api("POST", path, {"person": 999}), 404, "not_found")
    problem(api("POST", "/accounts/999/owner", {"kind": "new"}), 404, "not_found")
    problem(api("POST", f"/people/{ann}/merge", {"other": ann}), 409, "same_person")
    problem(api("POST", "/changes/999/undo"), 404, "not_found")
    problem(reader("POST", path, {"kind": "new"}), 403, "forbidden")
