"""What the inventory should hold, in plain dictionaries: the engine's promises and nothing else."""

from dataclasses import dataclass, field

SHARE, COUNT = 50, 3


@dataclass
class Vendor:
    """The app's side: accounts in the order in which they are listed, and who holds what."""

    people: dict = field(default_factory=dict)
    members: set = field(default_factory=set)
    seats: set = field(default_factory=set)
    broken: bool = False
    groups_permitted: bool = True


@dataclass
class Model:
    """`accounts` is id → (status, name); "removed" is a status."""

    accounts: dict = field(default_factory=dict)
    missing: set = field(default_factory=set)
    held: int = 0
    members: set = field(default_factory=set)
    seats: set | None = None

    def present(self):
        return {name for name, (status, _) in self.accounts.items() if status != "removed"}

    def read_accounts(self, people, *, whole):
        self.accounts |= people
        self.missing -= set(people)
        if whole:
            before = self.present()
            self.missing = before - set(people)
            gone = len(self.missing)
            too_many = gone >= COUNT and gone * 100 > SHARE * len(before)
            self.held = gone if too_many else 0
            if not too_many:
                self.remove_missing()

    def remove_missing(self):
        for name in self.missing & self.present():
            self.accounts[name] = ("removed", self.accounts[name][1])
        self.missing = set()

    def read_rest(self, vendor):
        if vendor.groups_permitted:
            self.members = {name for name in vendor.members if name in self.accounts}
        self.seats = {name for name in vendor.seats if name in self.accounts}

    def forget(self):
        self.accounts.clear()
        self.missing.clear()
        self.members.clear()
        self.held, self.seats = 0, None
