"""Groups of a directory and who is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from steward.integrations.ldap.dialects import Dialect
from steward.integrations.ldap.names import key_of
from steward.integrations.ldap.people import id_of
from steward.integrations.ldap.session import Session
from steward.integrations.ldap.values import Entry, relative_id
from steward.sdk.connector import Page, Pages
from steward.sdk.records import Group, Membership

Kind: TypeAlias = Literal["group", "role"]

GROUPS_A_PAGE = 50
# Active Directory gives at most 1,500 values of an attribute at once, and less where it was set so.
STEP = 1000
# Active Directory's own groups whose members it protects as administrators, by the end of their
# SID, which is the same in every language: domain, schema and enterprise admins, administrators,
# account, server, print and backup operators (Microsoft Learn, "Protected accounts and groups in
# Active Directory"). Numbers below 1,000 are given to nothing else.
_ADMINISTRATORS = frozenset({512, 518, 519, 544, 548, 549, 550, 551})
_WHO = ("objectGUID", "entryUUID", "nsUniqueId", "ipaUniqueID", "uid", "primaryGroupID")
_WHAT = (
    "objectGUID",
    "entryUUID",
    "nsUniqueId",
    "ipaUniqueID",
    "cn",
    "displayName",
    "description",
    "objectSid",
    "objectClass",
)


@dataclass
class Index:
    """The ids of all accounts by how groups name them: the distinguished name, the login
    (`memberUid`), and the group everyone is in without being listed (`primaryGroupID`)."""

    by_name: dict[str, str] = field(default_factory=dict)
    by_login: dict[str, str] = field(default_factory=dict)
    by_primary_group: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, entry: Entry) -> None:
        account = id_of(entry)
        self.by_name[key_of(entry.dn)] = account
        for login in entry.texts("uid"):
            self.by_login.setdefault(login, account)
        primary = entry.number("primaryGroupID")
        if primary is not None:
            self.by_primary_group[primary].append(account)

    def account(self, attribute: str, member: str) -> str | None:
        """None for a member that is no account: another group, a computer, someone who left."""
        if attribute == "memberuid":
            return self.by_login.get(member)
        # A uniqueMember may end in “#” and a bit string (RFC 4517, 3.3.21).
        return self.by_name.get(key_of(member)) or self.by_name.get(key_of(member.split("#")[0]))


def index_of(session: Session, base: str, people: str) -> Index:
    index = Index()
    for entries in session.search(base, people, _WHO):
        for entry in entries:
            index.add(entry)
    return index


def group_pages(
    session: Session, dialect: Dialect, base: str, query: str, index: Index
) -> Pages[Group | Membership]:
    names = dialect.member_attributes
    asked = tuple(f"{n};range=0-{STEP - 1}" for n in names) if dialect.ranged else names
    for entries in session.search(base, query, (*_WHAT, *asked), GROUPS_A_PAGE):
        for entry in entries:
            yield from _pages_of(session, entry, index)


def _pages_of(session: Session, entry: Entry, index: Index) -> Pages[Group | Membership]:
    number = relative_id(entry.raw("objectSid"))
    name = entry.text("displayName", "cn") or entry.dn
    kind: Kind = "role" if number in _ADMINISTRATORS else "group"
    group = Group(id=id_of(entry), name=name, kind=kind)
    hidden = index.by_primary_group.get(number or -1, [])
    yield Page((group, *_memberships(group, _members(entry, index))))
    for more in _further(session, entry):
        yield Page(_memberships(group, _members(more, index)))
    for start in range(0, len(hidden), STEP):
        yield Page(_memberships(group, hidden[start : start + STEP]))


def _memberships(group: Group, accounts: Iterable[str]) -> tuple[Membership, ...]:
    return tuple(Membership(group=group.id, account=a) for a in dict.fromkeys(accounts))


def _members(entry: Entry, index: Index) -> Iterator[str]:
    for name in entry.values:
        attribute = name.split(";")[0]
        if attribute in ("member", "uniquemember", "memberuid"):
            found = (index.account(attribute, member) for member in entry.texts(name))
            yield from (account for account in found if account)


def _further(session: Session, entry: Entry) -> Iterator[Entry]:
    """Ranged retrieval (MS-ADTS 3.1.1.3.1.3.3): `member;range=0-999` promises more after 999,
    `member;range=1000-*` is the end."""
    piece: Entry | None = entry
    while piece and (start := _next_start(piece)):
        piece = session.read(entry.dn, (f"member;range={start}-{start + STEP - 1}",))
        if piece:
            yield piece


def _next_start(entry: Entry) -> int:
    for name in entry.values:
        _, _, bounds = name.partition("member;range=")
        last = bounds.partition("-")[2]
        if last.isdigit():
            return int(last) + 1
    return 0
