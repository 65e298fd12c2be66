"""An integration for tests of the engine: it answers what a test has written into `COMPANIES`."""

from dataclasses import dataclass, field
from typing import Any

from steward.sdk.connector import Connector, Page, Tenant, page_of
from steward.sdk.errors import ConnectorError, Unauthorized
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.records import Account, Record


@dataclass
class Company:
    """The app's side: what each stream holds, and what goes wrong before which page."""

    streams: dict[str, list[Record | None]] = field(default_factory=lambda: {"accounts": []})
    page: int = 10
    token: str = "good"
    scopes: frozenset[str] | None = None
    faults: dict[tuple[str, int], ConnectorError | Exception] = field(default_factory=dict)
    on_page: Any = None
    pages_read: list[tuple[str, int]] = field(default_factory=list)
    checks: int = 0

    def people(self, *names: str, **more: Any) -> "Company":
        self.streams["accounts"] = [
            Account(id=n, email=f"{n}@corp.example", name=n.title(), **more) for n in names
        ]
        return self


COMPANIES: dict[str, Company] = {}


class Scripted(Connector):
    slug = "scripted"
    name = "Scripted"
    summary = "Answers what a test has written."
    category = "Tests"
    settings = (Field("company", "Company"),)
    auth = (
        AuthOption(
            "token",
            "Token",
            (Field("token", "Token", secret=True),),
            (
                Scope("users.read", "to see who there is", ("accounts",), required=True),
                Scope("groups.read", "to see who is in which group", ("groups",)),
            ),
        ),
    )

    @property
    def company(self) -> Company:
        return COMPANIES[self.context.settings["company"]]

    def check(self) -> Tenant:
        self.company.checks += 1
        self._sign_in()
        name = self.context.settings["company"]
        return Tenant(f"id-{name}", name, self.company.scopes)

    def _sign_in(self) -> None:
        if self.context.credentials["token"] != self.company.token:
            raise Unauthorized("The app refused the token.")

    def _read(self, stream, after):
        company = self.company
        records = company.streams.get(stream, [])
        for number, start in enumerate(range(0, max(len(records), 1), company.page)):
            if after is not None and number <= after:
                continue
            if company.on_page:
                company.on_page(stream, number)
            self._sign_in()
            if (fault := company.faults.get((stream, number))) is not None:
                raise fault
            company.pages_read.append((stream, number))
            yield self._page(records[start : start + company.page], number)

    def _page(self, records: list[Record | None], number: int) -> Page[Any]:
        return page_of(records, _whole, number)

    def accounts(self, after):
        yield from self._read("accounts", after)

    def groups(self, after):
        yield from self._read("groups", after)

    def licenses(self, after):
        yield from self._read("licenses", after)

    def apps(self, after):
        yield from self._read("apps", after)

    def grants(self, after):
        yield from self._read("grants", after)

    def activity(self, after):
        yield from self._read("activity", after)


def _whole(record: Record | None) -> Record:
    if record is None:
        raise ValueError("it is empty")
    return record
