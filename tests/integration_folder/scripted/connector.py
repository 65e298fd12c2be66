"""An integration for tests of the engine: it answers what a test has written into `COMPANIES`.

Where the company `remembers`, its accounts can be asked for changes alone; a mark is the number of
a snapshot."""

from dataclasses import dataclass, field, replace
from typing import Any

from steward.sdk.connector import Connector, Page, Tenant, page_of
from steward.sdk.errors import ConnectorError, Unauthorized
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.records import Account, Record


@dataclass
class Company:
    """The app's side: what each stream holds, and what goes wrong before which page. `pages` are
    given as they are."""

    streams: dict[str, list[Record | None]] = field(default_factory=lambda: {"accounts": []})
    page: int = 10
    token: str = "good"
    scopes: frozenset[str] | None = None
    faults: dict[tuple[str, int], ConnectorError | Exception] = field(default_factory=dict)
    on_page: Any = None
    pages_read: list[tuple[str, int]] = field(default_factory=list)
    checks: int = 0
    pages: dict[str, list[Page[Any]]] = field(default_factory=dict)
    remembers: bool = False
    asked_from: Any = None
    listed: "list[Record | str | None]" = field(default_factory=list)
    snapshots: list[dict[str, Record]] = field(default_factory=list)

    def since(self, mark: int | None) -> "list[Record | str | None]":
        """What has changed since: records, ids of who is gone, and what cannot be read."""
        before = {} if mark is None else self.snapshots[mark]
        now = self.streams["accounts"]
        gone = before.keys() - {record.id for record in now if record}
        changed = [r for r in now if r is None or before.get(r.id) != r]
        return [*changed, *sorted(gone)]

    def mark(self) -> int:
        self.snapshots.append({record.id: record for record in self.streams["accounts"] if record})
        return len(self.snapshots) - 1

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
        yield from company.pages.get(stream) or self._pages(
            stream, company.streams.get(stream, []), after
        )

    def _pages(self, stream, records, after):
        company = self.company
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

    def _page(self, items: list[Record | str | None], number: int) -> Page[Any]:
        gone = tuple(item for item in items if isinstance(item, str))
        records = [item for item in items if not isinstance(item, str)]
        return replace(page_of(records, _whole, number), gone=gone)

    def accounts(self, after):
        """An app that has forgotten what the mark stands for gives the whole list."""
        company, given = self.company, self.context.marks.get("accounts")
        if "accounts" in company.pages:
            yield from company.pages["accounts"]
            return
        changes = company.remembers and given is not None and given < len(company.snapshots)
        listed = company.since(given) if changes else company.streams["accounts"]
        company.listed = listed
        last = max(len(listed) - 1, 0) // company.page
        for page in self._pages("accounts", listed, after):
            mark = company.mark() if company.remembers and page.cursor == last else None
            yield replace(page, changes=changes, mark=mark)

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

    def charges(self, after):
        since, kept = self.context.charges_from, self.company.streams.get("charges", [])
        self.company.asked_from = since
        yield from self._pages("charges", [c for c in kept if c is None or c.day >= since], after)


def _whole(record: Record | None) -> Record:
    if record is None:
        raise ValueError("it is empty")
    return record
