import pytest

from steward.inventory.account import Account
from steward.inventory.person import Person
from steward.inventory.run import Run
from steward.sdk.connector import Page
from steward.sdk.records import Account as Record
from steward.sync.people import match_some
from steward.sync.writers.page import Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(connect):
    """Write accounts as a run of an app would, and match them to people."""

    def listed(name, *records, authority=False):
        slug = "scripted_directory" if authority else "scripted"
        instance = connect(name=name, slug=slug, allow_same_tenant=True)
        run = Run.objects.get(instance=instance)
        writer = Writer(run, salt=b"", authority=authority)
        writer.write_accounts([Page(records)])
        while match_some(run, authority=authority):
            pass
        return instance

    return listed


def people():
    return {
        p.email: sorted(a.instance.name for a in p.accounts.select_related("instance"))
        for p in Person.objects.filter(merged_into=None)
    }


def test_spellings_of_one_address_are_one_person(listed):
    listed("a", Record(id="1", email="Ann@Corp.example"))
    listed("b", Record(id="9", email="ann+github@corp.example"))
    assert people() == {"Ann@Corp.example": ["a", "b"]}


def test_a_directory_joins_the_people_behind_two_addresses(listed):
    listed("chat", Record(id="1", email="anna.smith@corp.example", name="Anna Smith"))
    listed("code", Record(id="2", email="anna.jones@corp.example"))
    both = Record(
        id="3",
        email="anna.jones@corp.example",
        name="Anna Jones",
        emails=("anna.smith@corp.example",),
        attributes={"department": "Law"},
    )
    listed("directory", both, authority=True)
    assert people() == {"anna.jones@corp.example": ["chat", "code", "directory"]}
    person = Person.objects.get(merged_into=None)
    assert (person.name, person.attributes) == ("Anna Jones", {"department": "Law"})


def test_addresses_that_nobody_vouches_for_join_nobody(listed):
    listed("a", Record(id="1", email="ann@corp.example"))
    claims = Record(id="2", email="bob@x.example", emails=("ann@corp.example",), verified=False)
    listed("b", claims)
    assert people() == {"ann@corp.example": ["a"], "bob@x.example": ["b"]}


def test_service_accounts_and_those_without_an_address_belong_to_nobody(listed):
    listed("a", Record(id="1", email="bot@corp.example", kind="service"), Record(id="2"))
    assert people() == {}
    assert Account.objects.filter(person=None, matched=True).count() == 2


def test_names_in_every_script_are_kept(listed):
    names = ["Þóra Ólafsdóttir", "김민준", "Ольга", "<script>alert(1)</script>", "عمر"]
    records = [Record(id=str(n), email=f"u{n}@x.example", name=t) for n, t in enumerate(names)]
    listed("a", *records)
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted(names)
