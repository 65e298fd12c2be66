"""What the rules need to know of the company and of each app before they look at accounts, and
what they come to know of each app on the way: whether it can be asked at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q

from steward.insight.accounts import accounts
from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.holdings import Assignment, Group, Membership, SeenApp
from steward.inventory.instance import Book, Instance
from steward.inventory.staff import Staff
from steward.sdk.catalogue import integrations
from steward.sdk.roles import BY_WORD, Roles

# What an app must tell, in words that an instance's name can follow.
ADMINS, SECOND_FACTOR, ACTIVITY, WRITERS = "admins", "second factor", "activity", "writers"
DIRECTORY = "directory"
NEEDS = {
    DIRECTORY: "No directory, sign-on service or people list says who works here.",
    ADMINS: "Steward sees no administrator in",
    SECOND_FACTOR: "Steward does not know the second factor in",
    ACTIVITY: "Steward does not know when accounts were last active in",
    WRITERS: "Steward sees no role that may administer or change anything in",
}

# Addresses there belong to whoever asks for one.
_FOR_ANYBODY = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de",
        "proton.me", "protonmail.com", "mail.ru", "yandex.ru", "qq.com", "163.com",
    }
)  # fmt: skip


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].casefold()


@dataclass
class Knowing:
    """Made anew each time findings are told. `told` collects, by what apps must tell, the books
    of those that do."""

    told: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def instances(self) -> Mapping[int, Instance]:
        return {one.book: one for one in Instance.objects.present()}

    def roles(self, book: int) -> Roles:
        connector = integrations().get(self.instances[book].integration)
        return connector.roles if connector else BY_WORD

    @cached_property
    def group_admins(self) -> Mapping[int, str]:
        """Accounts that hold a role of administrators given to them as a group, with its name."""
        groups = {
            pk: name
            for pk, name, book in Group.objects.present()
            .filter(kind="role")
            .values_list("pk", "name", "instance_id")
            if book in self.instances and self.roles(book).group_is_admin(name)
        }
        held = Membership.objects.held().filter(group__in=list(groups)).order_by("-pk")
        return {account: groups[group] for account, group in held.values_list("account", "group")}

    @cached_property
    def tells_activity(self) -> frozenset[int]:
        books = Book.objects.filter(pk__in=list(self.instances), tells_activity=True)
        return frozenset(books.values_list("pk", flat=True))

    @cached_property
    def days_from(self) -> Mapping[int, Any]:
        return dict(Book.objects.filter(pk__in=list(self.instances)).values_list("pk", "days_from"))

    @cached_property
    def own_domains(self) -> frozenset[str]:
        """Those of the people whom a directory, or the imported people list, knows as the
        company's own. Empty where there is neither, and then no address is foreign."""
        staff = accounts().filter(directory.deciding(), status=Account.ACTIVE, kind="person")
        found = {domain_of(email) for email in staff.values_list("email", flat=True).iterator()}
        found |= {domain_of(key) for key in Staff.objects.values_list("key", flat=True).iterator()}
        return frozenset(found - _FOR_ANYBODY - {""})

    @cached_property
    def has_directory(self) -> bool:
        return bool(directory.directories()) or bool(Staff.objects.exists())

    @cached_property
    def signed_on(self) -> Mapping[int, list[int]]:
        """Applications that a sign-on service gives to some people, by whom it is assigned to:
        the numbers of the apps there, by application."""
        slugs = [slug for slug, one in integrations().items() if one.needs_assignment]
        seen = SeenApp.objects.present().filter(
            instance__integration__in=slugs, active=True, in_apps__isnull=False
        )
        found: dict[int, list[int]] = defaultdict(list)
        for pk, application in seen.exclude(application=None).values_list("pk", "application"):
            if Assignment.objects.held().filter(app=pk).exists():
                found[application].append(pk)
        return found

    @cached_property
    def tells_sso(self) -> list[int]:
        """Books of apps that say whether an account is linked to a sign-on service."""
        slugs = {slug for slug, one in integrations().items() if one.tells_sso}
        return [book for book, one in self.instances.items() if one.integration in slugs]

    def unasked(self, needs: tuple[str, ...]) -> dict[str, list[int]]:
        """Instances that have accounts and do not tell, by what they do not tell. Those that do not
        tell of the first thing are not named for the others again."""
        left = set(Book.objects.filter(live__gt=0).values_list("pk", flat=True))
        left &= set(self.instances)
        found: dict[str, list[int]] = {}
        for need in needs:
            if need == DIRECTORY:
                found |= {} if self.has_directory else {need: []}
            elif silent := left - self._of(need):
                found[need] = sorted(self.instances[book].pk for book in silent)
                left -= silent
        return found

    def _of(self, need: str) -> set[int]:
        return set(self.tells_activity) if need == ACTIVITY else self.told[need]


def in_role(held: Mapping[int, list[str]]) -> Q:
    """Accounts that have one of some roles, by book."""
    wanted = Q(pk__in=())
    for book, names in held.items():
        wanted |= Q(instance=book, role__in=names)
    return wanted
