"""All models, for Django; each noun has its own file."""

from steward.inventory.access import ApplicationAccess, PersonAccess, ScopeAccess
from steward.inventory.account import Account, AccountAt, AccountVersion, ActiveDays
from steward.inventory.application import Application, CustomField
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.consent import AppClient, ConsentAsked
from steward.inventory.contract import (
    CalendarFeed,
    Contract,
    ContractLine,
    ContractReminder,
    Document,
)
from steward.inventory.edit import Edit
from steward.inventory.figure import DailyFigure
from steward.inventory.finding import Finding, FindingsTold
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
from steward.inventory.imports import (
    Import,
    ImportDraft,
    ImportDraftRow,
    ImportedRow,
    ImportMapping,
    LeftOut,
)
from steward.inventory.instance import (
    Book,
    Credential,
    Instance,
    Moment,
    SharedWindow,
    StreamState,
)
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.mail import Mail, MailFile, Recipient
from steward.inventory.member import ApiToken, Invitation, Member
from steward.inventory.merging import ApplicationChange, Placement
from steward.inventory.person import Describing, Person, PersonEmail
from steward.inventory.report import SavedReport
from steward.inventory.review import (
    BulkDecision,
    Review,
    ReviewApplication,
    ReviewDecision,
    ReviewItem,
    ReviewReminder,
    ReviewSource,
)
from steward.inventory.run import Run
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.inventory.sighting import Sighting
from steward.inventory.spend import DepartmentShare, PersonShare, Retelling, SpendMonth
from steward.inventory.staff import Staff
from steward.inventory.usage import PersonValue, Use, UseDue, UseOfDay, UseTold
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.inventory.worker import Worker

__all__ = [
    "Account",
    "AccountAt",
    "AccountVersion",
    "ActiveDays",
    "ApiToken",
    "AppClient",
    "Application",
    "ApplicationAccess",
    "ApplicationChange",
    "Assignment",
    "Book",
    "BulkDecision",
    "CalendarFeed",
    "Charge",
    "Company",
    "ConsentAsked",
    "Contract",
    "ContractLine",
    "ContractReminder",
    "Credential",
    "CustomField",
    "DailyFigure",
    "Decision",
    "DepartmentShare",
    "Describing",
    "Distinct",
    "Document",
    "Edit",
    "ExchangeRate",
    "Finding",
    "FindingsTold",
    "Grant",
    "Group",
    "IdentityChange",
    "Import",
    "ImportDraft",
    "ImportDraftRow",
    "ImportMapping",
    "ImportedRow",
    "Instance",
    "Invitation",
    "LeftOut",
    "LicencePrice",
    "LicenceType",
    "License",
    "Mail",
    "MailFile",
    "Member",
    "Membership",
    "Moment",
    "Person",
    "PersonAccess",
    "PersonEmail",
    "PersonShare",
    "PersonValue",
    "Placement",
    "Recipient",
    "Retelling",
    "Review",
    "ReviewApplication",
    "ReviewDecision",
    "ReviewItem",
    "ReviewReminder",
    "ReviewSource",
    "Run",
    "SavedReport",
    "Schedule",
    "ScheduleRun",
    "ScopeAccess",
    "Seat",
    "SeenApp",
    "SharedWindow",
    "Sighting",
    "SpendMonth",
    "Staff",
    "StreamState",
    "Use",
    "UseDue",
    "UseOfDay",
    "UseTold",
    "VendorRule",
    "Webhook",
    "WebhookDelivery",
    "Worker",
]
