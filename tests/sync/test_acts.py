import pytest

from steward.inventory import books, vault
from steward.inventory.account import Account
from steward.inventory.instance import Instance, StreamState
from steward.inventory.person import Person
from steward.inventory.run import Run
from steward.sync import acts, deleting, runs
from steward.sync.acts import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"


def events(instance):
    return [(m.event, m.before, m.after) for m in instance.moments.order_by("pk")]


def test_connecting_saves_a_sealed_credential_and_asks_for_a_sync(connect):
    instance = connect()
    assert instance.state == "pending"
    assert (instance.tenant_id, instance.tenant_name) == ("id-acme", "acme")
    assert vault.open_credential(instance) == ("token", {"token": "good"})
    assert b"good" not in bytes(instance.credential.secrets)
    assert runs.open_run(instance).trigger == "connected"
    assert set(instance.streams.values_list("state", flat=True)) == {"never"}


def test_every_mistake_is_told_at_once(company):
    with pytest.raises(Invalid) as caught:
        acts.connect("scripted", name=" ", settings={}, credentials={"x": "1"}, by=BY)
    fields = {e.field for e in caught.value.errors}
    assert fields == {"name", "settings.company", "credentials.token", "credentials.x"}
    assert not Instance.objects.exists()


def test_a_refused_credential_saves_nothing(connect, company):
    with pytest.raises(Refused) as caught:
        connect(credentials={"token": "wrong"})
    assert caught.value.code == "unauthorized"
    assert not Instance.objects.exists()


def test_a_missing_required_scope_is_refused_by_name(connect, company):
    company.scopes = frozenset({"groups.read"})
    with pytest.raises(Refused) as caught:
        connect()
    assert caught.value.missing == ("users.read",)


def test_a_missing_optional_scope_is_told_and_recorded(connect, company):
    company.scopes = frozenset({"users.read"})
    trial = acts.try_out("scripted", {"company": "acme"}, {"token": "good"})
    assert [scope.name for scope in trial.missing] == ["groups.read"]
    assert connect().moments.get().details == {"missing": ["groups.read"]}


def test_the_same_tenant_twice_is_asked_about(connect):
    first = connect()
    with pytest.raises(Conflict) as caught:
        connect(name="Again")
    assert (caught.value.code, caught.value.instance) == ("same_tenant", first)
    assert connect(name="Again", allow_same_tenant=True).pk != first.pk


def test_a_name_is_taken_whatever_its_case(connect):
    connect()
    with pytest.raises(Conflict) as caught:
        connect(name="ACME", allow_same_tenant=True)
    assert caught.value.code == "same_name"


def test_deactivating_and_reactivating(connect, sync):
    instance = connect()
    sync(instance)
    acts.edit(instance, by=BY, status="inactive")
    assert (instance.state, instance.reason) == ("inactive", f"switched off by {BY}")
    assert instance.is_stale()
    with pytest.raises(Conflict):
        acts.request_sync(instance, by=BY)
    acts.edit(instance, by=BY, status="live")
    assert instance.state == "pending"
    assert runs.open_run(instance).trigger == "reactivated"
    sync(instance)
    assert events(instance)[1:] == [
        ("succeeded", "pending", "live"),
        ("deactivated", "live", "inactive"),
        ("reactivated", "inactive", "pending"),
        ("succeeded", "pending", "live"),
    ]


def test_a_revoked_instance_comes_back_when_the_permission_is_mended(connect, sync, company):
    instance = connect()
    company.token = "turned"
    sync(instance)
    assert instance.state == "revoked"
    with pytest.raises(Conflict, match=r"refused.*\. Put that right .* or enter a new credential"):
        acts.request_sync(instance, by=BY)
    with pytest.raises(Refused):
        acts.edit(instance, by=BY, status="live")
    instance.refresh_from_db()
    assert instance.state == "revoked"
    company.token = "good"
    acts.edit(instance, by=BY, status="live")
    sync(instance)
    assert instance.state == "live"


def test_a_new_credential_ends_the_open_run_and_syncs_at_once(connect, sync, company):
    instance = connect()
    old = runs.open_run(instance)
    company.token = "new"
    acts.edit(instance, by=BY, credentials={"token": "new"})
    old.refresh_from_db()
    assert old.state == Run.STOPPED
    assert instance.connection == 2
    assert runs.open_run(instance).connection == 2
    sync(instance)
    assert instance.state == "live"


def test_a_credential_of_another_tenant_is_not_taken(connect, company):
    from steward.integrations.scripted.connector import COMPANIES, Company

    COMPANIES["other"] = Company()
    instance = connect()
    with pytest.raises(Conflict) as caught:
        acts.edit(instance, by=BY, settings={"company": "other"})
    assert caught.value.code == "other_tenant"


def test_renaming_is_recorded(connect):
    instance = connect()
    acts.edit(instance, by=BY, name="Acme West")
    assert instance.moments.get(event="renamed").details == {"old": "Acme", "new": "Acme West"}


def test_all_users_are_deleted_at_once_and_come_back(connect, sync):
    instance = connect()
    sync(instance)
    acts.delete_users(instance, by=BY)
    assert not Account.objects.present().exists()
    assert Account.objects.count() == 3
    assert set(StreamState.objects.values_list("state", flat=True)) == {"never"}
    sync(instance)
    assert Account.objects.present().count() == 3
    while deleting.purge_closed():
        pass
    assert Account.objects.count() == 3


def test_a_deleted_instance_is_gone_at_once_and_can_be_connected_again(connect, sync):
    instance = connect()
    sync(instance)
    acts.delete(instance, by=BY)
    assert not Instance.objects.present().exists()
    assert not Account.objects.present().exists()
    again = connect()
    sync(again)
    while deleting.purge_closed():
        pass
    assert Account.objects.present().count() == Account.objects.count() == 3
    assert Person.objects.count() == 3
    assert list(Instance.objects.values_list("pk", flat=True)) == [again.pk]


def test_what_goes_counts_who_is_nowhere_else(connect, sync):
    one, two = connect(), connect(name="Second", allow_same_tenant=True)
    sync(one)
    assert acts.what_goes(one).people_only_here == 3
    sync(two)
    goes = acts.what_goes(one)
    assert (goes.accounts, goes.people_only_here) == (3, 0)


def test_what_goes_counts_seats_where_they_are_not_told_yet(connect, sync, company):
    company.people("ann", "bob", holds_seat=True)
    one = connect()
    sync(one)
    assert acts.what_goes(one).seats == 2
    Account.objects.filter(external_id="ann").update(holds_seat=False)
    books.mark_untold(one.book)
    assert acts.what_goes(one).seats == 1
    assert str(acts.what_goes(one)) == "2 accounts, 1 seat and 2 people who are nowhere else"


def test_asking_twice_joins_the_open_run(connect):
    instance = connect()
    assert acts.request_sync(instance, by=BY).pk == acts.request_sync(instance, by="else").pk


def test_held_removals_are_let_through_or_dismissed(connect, sync, company):
    names = [f"u{n}" for n in range(60)]
    instance = connect()
    company.people(*names)
    sync(instance)
    company.people(*names[:30])
    sync(instance)
    assert acts.removals(instance).count() == 30
    acts.dismiss_removals(instance, by=BY)
    with pytest.raises(Conflict):
        acts.release_removals(instance, by=BY)
    sync(instance)
    assert acts.release_removals(instance, by=BY) == 30
    assert Account.objects.filter(status="removed").count() == 30


def test_due_instances_are_asked_for_once(connect, sync):
    instance = connect()
    sync(instance)
    Instance.objects.update(next_sync_at=instance.created_at)
    assert runs.request_due() == 1
    assert runs.request_due() == 0
    assert runs.open_run(instance).trigger == "schedule"


@pytest.mark.parametrize(("share", "count", "held"), [(30, 20, 0), (30, 3, 3), (75, 3, 0)])
def test_each_instance_says_how_much_may_go_unasked(connect, sync, company, share, count, held):
    company.people("ann", "bob", "cem", "dora", "eli")
    instance = connect()
    sync(instance)
    acts.edit(instance, by="admin@corp.example", guard_share=share, guard_count=count)
    company.people("ann", "bob")
    assert sync(instance).counts["held"] == held
    assert instance.removals_held == held


def test_a_guard_that_makes_no_sense_is_refused(connect):
    instance = connect()
    with pytest.raises(acts.Invalid) as refused:
        acts.edit(instance, by="admin@corp.example", guard_share=0, guard_count=0)
    assert [error.field for error in refused.value.errors] == ["guard_share", "guard_count"]
