"""Every kind is looked at without a trace, brought in, seen again as the same, and taken back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from steward.inventory.application import Application, CustomField
from steward.inventory.charge import Charge
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.imports import Import, ImportedRow, ImportMapping
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.person import Person, PersonEmail
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.staff import Staff
from steward.ledger import trail
from steward.ledger.imports import bringing, undoing
from steward.ledger.imports.bringing import Brought
from steward.ledger.imports.kinds import KINDS
from steward.ledger.imports.shown import facts_of
from steward.ledger.imports.templates import template
from steward.ledger.imports.upload import Upload

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"
FILES = {
    "applications": (
        "Anwendung,Owner,Kategorie,Status,Criticality,Tags,Notes,Inactive after days,Region\n"
        'Figma,ann@corp.example,Design,Genehmigt,hoch,"design, web",ours,60,EU\n'
        "Slack,,Chat,,,,,,\n"
    ),
    "licenses": (
        "App,Plan,Quantity,Unit price (EUR),Billing,Valid from\n"
        "Figma,Pro,120,12.50,monthly,2026-01-01\n"
        "Figma,Pro,120,150,yearly,2026-07-01\n"
        "Slack,Business+,80,,,\n"
    ),
    "contracts": (
        "Lieferant;Vertragsnummer;Anwendung;Vertragsbeginn;Vertragsende;Kündigung bis;"
        "Automatische Verlängerung;Renewal term;Wert;Währung;Verantwortlicher\n"
        "Figma Inc.;C-17;Figma;01.01.2026;31.12.2026;30.09.2026;ja;12;18.000,00;EUR;"
        "ann@corp.example\n"
        "Acme;;;;;;;;1.500,50;;\n"
    ),
    "charges": (
        "Date,Merchant,Amount,Cardholder\n"
        '2026-11-02,FIGMA INC,"€1,234.50",ann@corp.example\n'
        "2026-11-03,SLACK,(12.00),\n"
    ),
    "rates": 'Von,Nach,Datum,Kurs\nUSD,EUR,2026-11-02,"0,9200"\nGBP,EUR,2026-11-02,"1,1500"\n',
    "people": (
        "Work Email,Employee,Department,Manager,Site,Cost center,Type,Hire date,Status\n"
        "ann@corp.example,Ann Lee,Design,bob@corp.example,Berlin,4100,employee,2024-03-01,active\n"
        "Bob Ray <bob@corp.example>,Bob Ray,Sales,,Oslo,,employee,2020-01-15,terminated\n"
    ),
}


@pytest.fixture(autouse=True)
def known():
    """What the files speak of."""
    Company.objects.create(pk=1, currency="EUR")
    ann = Person.objects.create(name="Ann", email="ann@corp.example")
    PersonEmail.objects.create(person=ann, key="ann@corp.example")
    Application.objects.create(name="Figma", key="app:figma", notes="before")
    Application.objects.create(name="Slack", key="slack")
    CustomField.objects.create(name="Region", type=CustomField.CHOICE, choices=["EU", "US"])
    return ann


def brought(kind, text=None, name="file.csv", **options):
    text = FILES[kind] if text is None else text
    content = text if isinstance(text, bytes) else text.encode()
    mapping = options.pop("mapping", None)
    return Brought.of(kind, name, content, mapping, options)


def bring(kind, text=None, *, good_rows=False, again=False, **more):
    return bringing.bring(brought(kind, text, **more), by=BY, good_rows=good_rows, again=again)


def everything():
    """Every row of every table, as it is."""
    skipped = {"import", "importedrow", "leftout", "edit", "importmapping", "spendmonth"}
    return {
        model._meta.model_name: sorted(
            (tuple(map(str, row)) for row in model.objects.values_list()), key=str
        )
        for model in apps.get_app_config("inventory").get_models()
        if model._meta.managed and model._meta.model_name not in skipped
    }


@pytest.mark.parametrize("kind", FILES)
def test_looking_changes_nothing_and_undoing_puts_back_just_what_was(kind):
    Person.objects.update(undescribed=True)
    before, edits = everything(), Edit.objects.count()
    counts = bringing.look(brought(kind))
    assert counts["error"] == 0
    assert everything() == before
    assert (Edit.objects.count(), ImportedRow.objects.count()) == (edits, 0)
    entered = bring(kind)
    assert entered.counts == counts
    assert counts["new"] + counts["changed"] == len(FILES[kind].strip().splitlines()) - 1
    assert everything() != before
    assert Edit.objects.count() > edits
    if kind != "charges":
        assert bringing.look(brought(kind))["same"] == sum(counts.values())
    undoing.undo(entered, by=BY)
    assert everything() == before
    assert entered.counts["kept"] == 0
    assert not entered.rows.exclude(kept="").exists()
    with pytest.raises(Conflict, match="undone already"):
        undoing.undo(entered, by=BY)


def test_applications():
    ann = Person.objects.get()
    assert bring("applications").counts["changed"] == 2
    figma = Application.objects.get(key="app:figma")
    assert (figma.business_owner, figma.category, figma.notes) == (ann, "Design", "ours")
    assert (figma.status, figma.criticality, figma.inactive_after) == ("approved", "high", 60)
    assert figma.tags == ["design", "web"]
    assert figma.custom == {str(CustomField.objects.get().pk): "EU"}
    made = bring("applications", "name,status\nMiro,\nslack,approved\n")
    assert (made.counts["new"], made.counts["changed"]) == (1, 1)
    assert Application.objects.get(name="Miro").key == "app:miro"
    told = Edit.objects.filter(kind="application", object=figma.pk).get()
    assert (told.by, told.before["notes"], told.after["notes"]) == (BY, "before", "ours")


def test_licences_and_their_prices():
    bring("licenses")
    pro = LicenceType.objects.get(name="Pro")
    assert (pro.application.name, pro.bought) == ("Figma", 120)
    prices = pro.prices.order_by("since").values_list("amount", "currency", "months")
    assert list(prices) == [(Decimal("12.5"), "EUR", 1), (Decimal(150), "EUR", 12)]
    assert not LicenceType.objects.get(name="Business+").prices.exists()
    changed = bring("licenses", "app,plan,price,from\nfigma,pro,13,2026-01-01\n")
    assert changed.counts["changed"] == 1
    undoing.undo(changed, by=BY)
    assert LicencePrice.objects.get(months=1).amount == Decimal("12.5")


def test_contracts():
    ann = Person.objects.get()
    bring("contracts")
    figma, acme = Contract.objects.order_by("pk")
    assert (figma.vendor, figma.name, figma.application.name) == ("Figma Inc.", "Figma", "Figma")
    assert (figma.starts_on, figma.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (figma.notice_on, figma.auto_renews) == (date(2026, 9, 30), True)
    assert (figma.value, figma.currency, figma.owner) == (Decimal(18000), "EUR", ann)
    assert (acme.name, acme.value, acme.currency) == ("Acme", Decimal("1500.5"), "EUR")
    again = "vendor,reference,ends\nFigma Inc.,C-17,2027-12-31\nFigma Inc.,C-18,\n"
    counts = bring("contracts", again).counts
    assert (counts["changed"], counts["new"]) == (1, 1)
    assert Contract.objects.get(reference="C-17").ends_on == date(2027, 12, 31)


def test_charges_and_the_same_file_twice():
    entered = bring("charges")
    figma, slack = Charge.objects.order_by("pk")
    assert (figma.amount, figma.currency, figma.day) == (
        Decimal("1234.5"),
        "EUR",
        date(2026, 11, 2),
    )
    assert (figma.person, figma.application.name) == (Person.objects.get(), "Figma")
    assert (slack.amount, slack.vendor_key) == (Decimal(-12), "slack")
    with pytest.raises(Conflict, match="This very file was imported"):
        bring("charges")
    bring("charges", again=True)
    with pytest.raises(Conflict, match="later import"):
        undoing.undo(entered, by=BY)
    undoing.undo(Import.objects.latest("pk"), by=BY)
    undoing.undo(entered, by=BY)
    assert not Charge.objects.exists()
    assert entered.counts["undone"] == 2


def test_rates_tell_charges_anew():
    bring("charges", "day,vendor,amount,currency\n2026-11-05,Acme,100,USD\n")
    assert Charge.objects.get().told is None
    entered = bring("rates")
    assert ExchangeRate.objects.get(base="USD").source == "file.csv"
    assert Charge.objects.get().told == Decimal(92)
    bring("rates", "base,quote,day,rate\nUSD,EUR,2026-11-02,0.95\n")
    assert Charge.objects.get().told == Decimal(95)
    undoing.undo(Import.objects.latest("pk"), by=BY)
    assert Charge.objects.get().told == Decimal(92)
    undoing.undo(entered, by=BY)
    assert Charge.objects.get().told is None


def test_people():
    bring("people")
    ann, bob = Staff.objects.order_by("key")
    assert ann.attributes["manager"] == "bob@corp.example"
    assert (ann.standing, ann.last_day, ann.status) == ("here", None, "active")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert (bob.standing, bob.last_day) == ("left", yesterday)
    assert Person.objects.get(email="bob@corp.example").told_accounts == 0
    assert Person.objects.filter(undescribed=True).count() == 2
    changed = bring("people", "email,department\nann@corp.example,\n")
    ann.refresh_from_db()
    assert "department" not in ann.attributes
    assert ann.attributes["location"] == "Berlin"
    assert changed.counts == {"new": 0, "changed": 1, "same": 0, "error": 0}


def test_all_or_nothing_or_the_good_rows():
    text = "base,quote,day,rate\nUSD,EUR,2026-11-02,0.9\nUSD,XXQ,2026-11-02,0.9\nUSD,EUR,x,-1\n"
    with pytest.raises(Invalid) as refused:
        bring("rates", text)
    told = {e.field: e.message for e in refused.value.errors}
    assert told == {
        "rows.3.quote": "Line 3: To: “XXQ” is no currency; give its code, such as EUR.",
        "rows.4.day": "Line 4: Day: “x” is no date.",
        "rows.4.rate": "Line 4: Rate: “-1” is no rate; it must be more than zero.",
    }
    assert not ExchangeRate.objects.exists()
    assert not Import.objects.exists()
    entered = bring("rates", text, good_rows=True)
    assert entered.counts == {"new": 1, "changed": 0, "same": 0, "error": 2}
    assert [row.line for row in entered.left_out.order_by("line")] == [3, 4]


def test_what_was_changed_since_is_not_undone_and_is_named():
    entered = bring("applications", "name,owner,notes\nFigma,,new\nMiro,,mine\nLoom,,x\nJira,,y\n")
    figma, miro = (Application.objects.get(name=name) for name in ("Figma", "Miro"))
    trail.change("application", figma, {"notes": "by hand"}, by=BY)
    trail.change("application", miro, {"category": "Boards"}, by=BY)
    bring("contracts", "vendor,application\nLoom Inc,Loom\n")
    undoing.undo(entered, by=BY)
    kept = {row.name: row.kept for row in entered.rows.exclude(kept="")}
    assert kept == {
        "Figma": "Notes was changed since.",
        "Miro": "It was changed since.",
        "Loom": "It is in use since (contract).",
    }
    assert not Application.objects.filter(name="Jira").exists()
    assert (entered.counts["undone"], entered.counts["kept"]) == (1, 3)
    figma.refresh_from_db()
    assert figma.notes == "by hand"


def test_which_column_is_what_is_guessed_corrected_and_remembered():
    text = "Tool,Boss,Remark\nFigma,ann@corp.example,x\n"
    found = brought("applications", text)
    assert found.mapping == {"Tool": "name", "Boss": "", "Remark": ""}
    bring("applications", text, mapping={"Boss": "business_owner", "Remark": "notes"})
    assert ImportMapping.objects.count() == 1
    again = brought(
        "applications", "Remark,tool,Boss\nx,Slack,ann@corp.example\n".replace("tool", "Tool")
    )
    assert again.mapping == {"Tool": "name", "Boss": "business_owner", "Remark": "notes"}
    with pytest.raises(Invalid, match="Two columns are the application"):
        bringing.look(brought("applications", text, mapping={"Tool": "name", "Boss": "name"}))
    with pytest.raises(Invalid, match="Say which column is the application"):
        bringing.look(brought("applications", text, mapping={"Tool": ""}))
    with pytest.raises(Invalid, match="There is no column “Nope”"):
        bringing.look(brought("applications", text, mapping={"Nope": "name"}))
    with pytest.raises(Invalid, match="There is no field “nope”"):
        bringing.look(brought("applications", text, mapping={"Boss": "nope"}))


def test_a_row_says_what_it_would_change():
    rows = []
    bringing.look(brought("applications"), rows.extend)
    figma = facts_of(rows[0])
    assert (figma["verdict"], figma["line"], figma["name"]) == ("changed", 2, "Figma")
    told = {c["field"]: (c["before"], c["after"]) for c in figma["changes"]}
    assert told["notes"] == ("before", "ours")
    assert told["business_owner"] == (None, "Ann")


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_understood_as_it_is(kind, settings):
    upload = Upload(kind, template(kind), KINDS[kind].fields(), bringing.Options())
    found = Brought.of(kind, "t.csv", template(kind)).mapping
    assert set(found.values()) == {field.name for field in upload.fields}


def test_who_is_named_and_not_known_is_said():
    text = "day,vendor,amount,person,application\n2026-11-02,X,5,eve@corp.example,Nope\n"
    with pytest.raises(Invalid) as refused:
        bring("charges", text)
    assert [e.message for e in refused.value.errors] == [
        "Line 2: Nobody here has the address “eve@corp.example”.",
        "Line 2: There is no application “Nope” here. Import it first.",
    ]
    with pytest.raises(Invalid, match="Line 2 is of the same already"):
        bring("rates", "base,quote,day,rate\n" + "USD,EUR,2026-11-02,1\n" * 2)
