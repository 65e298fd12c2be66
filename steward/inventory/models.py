"""All models, for Django; each noun has its own file."""

from steward.inventory.account import Account, AccountAt, AccountVersion, ActiveDays
from steward.inventory.application import Application
from steward.inventory.holdings import (
    Assignment,
    Grant,
    Group,
    License,
    Membership,
    Seat,
    SeenApp,
)
from steward.inventory.identity import Decision, Distinct, IdentityChange
from steward.inventory.instance import (
    Book,
    Credential,
    Instance,
    Moment,
    SharedWindow,
    StreamState,
)
from steward.inventory.mail import Mail, Recipient
from steward.inventory.member import ApiToken, Invitation, Member
from steward.inventory.person import Describing, Person, PersonEmail
from steward.inventory.run import Run
from steward.inventory.sighting import Sighting
from steward.inventory.worker import Worker

__all__ = [
    "Account",
    "AccountAt",
    "AccountVersion",
    "ActiveDays",
    "ApiToken",
    "Application",
    "Assignment",
    "Book",
    "Credential",
    "Decision",
    "Describing",
    "Distinct",
    "Grant",
    "Group",
    "IdentityChange",
    "Instance",
    "Invitation",
    "License",
    "Mail",
    "Member",
    "Membership",
    "Moment",
    "Person",
    "PersonEmail",
    "Recipient",
    "Run",
    "Seat",
    "SeenApp",
    "SharedWindow",
    "Sighting",
    "StreamState",
    "Worker",
]
