"""What was told of people and books, against what there is, counted one by one."""

from steward.inventory.account import Account
from steward.inventory.directory import directories
from steward.inventory.instance import Book, Instance
from steward.inventory.person import Person, PersonEmail


def assert_told_rightly():
    """Where nothing is left to be told."""
    if Book.objects.filter(untold=True).exists():
        return False
    assert_owned()
    for person in Person.objects.all():
        accounts = list(Account.objects.present().filter(person=person).select_related("instance"))
        told = (person.told_accounts, person.told_present, person.told_live)
        assert told == (len(accounts), *_counts(accounts)), person.email
        present = [a for a in accounts if a.status != Account.REMOVED]
        active = [a.last_active_at for a in present if a.last_active_at]
        assert person.told_last_active == max(active, default=None), person.email
        assert person.told_standing == _standing(accounts), person.email
        assert person.told_leaver == (person.told_standing == "left" and person.told_live > 0)
    for instance in Instance.objects.present():
        book = Book.objects.get(pk=instance.book)
        accounts = list(Account.objects.filter(instance=instance.book))
        assert (book.present, book.live) == _counts(accounts)
        assert book.seats == sum(a.holds_seat is True for a in accounts if a.status != "removed")
    return True


def assert_owned():
    """The database itself does not look who an account or an address is said to be of."""
    for rows in (Account.objects.exclude(person=None), PersonEmail.objects.all()):
        assert not rows.exclude(person__in=Person.objects.values("pk")).exists()


def _counts(accounts):
    present = [a for a in accounts if a.status != Account.REMOVED]
    return len(present), sum(a.status == Account.ACTIVE for a in present)


def _standing(accounts):
    places = directories()
    known = [a for a in accounts if a.instance.pk in places]
    if not known:
        return Person.UNKNOWN
    if any(a.status == Account.ACTIVE for a in known):
        return Person.HERE
    paused = [a for a in known if a.attributes.get("suspended") is True and not a.removed_at]
    return Person.AWAY if paused else Person.LEFT
