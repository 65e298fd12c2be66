"""LDAP directories: Active Directory, Samba, OpenLDAP, 389 Directory Server, FreeIPA."""

from __future__ import annotations

from functools import cached_property

from steward.integrations.ldap.dialects import ROOT, Dialect, dialect_of, product_of
from steward.integrations.ldap.groups import group_pages, index_of
from steward.integrations.ldap.names import domain, key_of
from steward.integrations.ldap.people import account, id_of
from steward.integrations.ldap.session import Session
from steward.integrations.ldap.values import Entry
from steward.sdk.connector import Connector, Cursor, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.records import Account, Group, Membership
from steward.sdk.roles import Roles


class Ldap(Connector):
    slug = "ldap"
    name = "LDAP / Active Directory"
    summary = "People, groups and last sign-ins from a directory server."
    category = "Directories"
    kind = "directory"
    speaks = "ldap"
    active_means = (
        "The last sign-in that the directory recorded. Active Directory shares it among its "
        "servers with a delay of up to 14 days; OpenLDAP records it when the lastbind overlay "
        "is on."
    )
    # Active Directory's own groups of administrators are roles. Who may change other directories is
    # written in the server's access rules, which LDAP does not show.
    roles = Roles(by_groups=True)
    also_known_as = ("active_directory", "active directory", "openldap", "freeipa", "samba")
    settings = (
        Field(
            "url",
            "Server",
            "ldaps:// is encrypted from the start; ldap:// uses StartTLS.",
            placeholder="ldaps://dc1.example.com",
            pattern=r"(?i)ldaps?://(\[[0-9a-f:]+\]|[^\s/:@?#\[\]]+)(:\d{1,5})?/?",
            pattern_hint="Server must be an address such as ldaps://dc1.example.com "
            "or ldap://ldap.example.com:389.",
        ),
        Field(
            "start_tls",
            "Encrypt with StartTLS",
            "For ldap:// addresses. Without it the password "
            "crosses the network readable: only for a server on the same machine.",
            kind="bool",
            required=False,
            default=True,
        ),
        Field(
            "ca_certificate",
            "CA certificate",
            "PEM text, when the server's certificate was issued by your own authority.",
            kind="textarea",
            required=False,
        ),
        Field(
            "base_dn",
            "Base",
            "Where to look; empty means the whole directory.",
            required=False,
            placeholder="ou=people,dc=example,dc=com",
        ),
        Field(
            "user_filter",
            "Filter for users",
            "Empty means every account of a person or service.",
            required=False,
            placeholder="(objectClass=inetOrgPerson)",
            pattern=r"\(.+\)",
            pattern_hint="A filter stands in brackets, such as (objectClass=inetOrgPerson).",
        ),
        Field(
            "group_filter",
            "Filter for groups",
            "Empty means every group.",
            required=False,
            pattern=r"\(.+\)",
            pattern_hint="A filter stands in brackets, such as (objectClass=groupOfNames).",
        ),
        Field(
            "service_branches",
            "Branches with service accounts",
            "Distinguished names, one a "
            "line. What lies under them is taken as a service account, not as a person.",
            kind="textarea",
            required=False,
            placeholder="ou=services,dc=example,dc=com",
        ),
    )
    auth = (
        AuthOption(
            "password",
            "Name and password",
            fields=(
                Field(
                    "bind_name",
                    "Account",
                    "A distinguished name; in Active Directory also name@domain.",
                    placeholder="cn=steward,ou=services,dc=example,dc=com",
                ),
                Field("password", "Password", secret=True),
            ),
            scopes=(
                Scope(
                    "Read users",
                    "who has an account, and whether it is enabled",
                    ("accounts",),
                    required=True,
                ),
                Scope("Read groups", "who is in which group", ("groups",)),
                Scope("Read sign-in times", "last activity: authTimestamp or lastLogonTimestamp"),
            ),
        ),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.session = Session(context)

    def close(self) -> None:
        self.session.close()

    @cached_property
    def _root(self) -> Entry:
        return self.session.read("", ROOT) or Entry("", {})

    @cached_property
    def _dialect(self) -> Dialect:
        return dialect_of(self._root)

    @cached_property
    def _base(self) -> str:
        asked = str(self.context.settings.get("base_dn") or "")
        found = asked or self._root.text("defaultNamingContext", "namingContexts")
        if not found:
            raise Unexpected("The directory does not say where its entries are; enter the base.")
        return found

    @property
    def _people(self) -> str:
        return str(self.context.settings.get("user_filter") or self._dialect.people)

    def check(self) -> Tenant:
        """The tenant is the base entry: its id is the same on every replica and under every
        host name, and another branch of one directory is another tenant."""
        base = self.session.read(
            self._base, ("objectGUID", "entryUUID", "nsUniqueId", "ipaUniqueID")
        )
        if base is None:
            contexts = ", ".join(self._root.texts("namingContexts")) or "none that it names"
            raise Unexpected(
                f"The directory shows this account no entry {self._base}. "
                f"Its branches are: {contexts}."
            )
        if self.session.first(self._base, self._people) is None:
            raise Forbidden(
                f"The directory shows this account no user under {self._base}. Let the account "
                "read them, or correct the base or the filter.",
                missing=("Read users",),
            )
        place = domain(self._base) or self._base
        return Tenant(id_of(base), f"{place} ({product_of(self._root, self._dialect)})")

    def accounts(self, after: Cursor) -> Pages[Account]:
        """The server's place in a paged search lives as long as the connection, so there is no
        cursor: a read that was cut short starts again."""
        services = tuple(
            key_of(line)
            for line in str(self.context.settings.get("service_branches") or "").splitlines()
            if line.strip()
        )
        for entries in self.session.search(self._base, self._people, self._dialect.attributes):
            yield page_of(entries, lambda entry: account(entry, self.context.now, services))

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        query = str(self.context.settings.get("group_filter") or self._dialect.groups)
        index = index_of(self.session, self._base, self._people)
        yield from group_pages(self.session, self._dialect, self._base, query, index)
