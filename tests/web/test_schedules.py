"""The pages of schedules and webhooks."""

import pytest

from steward.inventory.member import Member
from steward.inventory.schedule import Schedule
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.notify import webhooks
from steward.work import schedules
from tests.servers.receiver import receiving

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW = {
    "report": "orphan-accounts",
    "name": "Orphans",
    "filter.q": "bot",
    "cadence": "weekly",
    "weekdays": ["mon", "thu"],
    "at": "07:30",
    "zone": "Europe/Berlin",
    "format": "pdf",
    "emails": "ann@corp.example\nbo@corp.example",
}


def signed(client, role):
    member = Member.objects.create_user(f"{role}@corp.example", "x", role=role)
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def admin(client, db):
    return signed(client, "admin")


@pytest.fixture
def receiver(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    with receiving() as made:
        yield made


def text(response):
    return " ".join(response.content.decode().split())


def test_a_report_offers_to_be_scheduled_with_what_it_is_asked(client, admin):
    page = text(client.get("/reports/orphan-accounts/?q=bot&sort=-name&columns=name&page=2"))
    address = (
        "/reports/schedules/new/?q=bot&amp;sort=-name&amp;columns=name&amp;report=orphan-accounts"
    )
    assert address in page
    form = text(client.get(address.replace("&amp;", "&")))
    assert 'name="filter.q" value="bot"' in form
    assert 'name="sort" value="-name"' in form
    assert 'name="columns" value="name" checked' in form
    assert "1 chosen" in form


def test_a_schedule_is_made_shown_run_switched_and_deleted(client, admin):
    answer = client.post("/reports/schedules/new/", NEW)
    row = Schedule.objects.get()
    assert answer.url == f"/reports/schedules/{row.pk}/"
    assert (row.filters, row.weekdays, row.owner) == ({"q": "bot"}, ["mon", "thu"], admin)
    page = text(client.get("/reports/schedules/"))
    assert "On Monday, Thursday at 07:30 (Europe/Berlin)" in page
    assert "bo@corp.example" in page
    assert "07:30</td>" in page
    client.post(f"{answer.url}run/")
    schedules.carry_out(row.runs.get().pk)
    page = text(client.get(answer.url))
    assert "Written to ann@corp.example, bo@corp.example, and waits. No mail server is set" in page
    assert "asked for by admin@corp.example" in page
    assert "?q=bot" in page
    client.post(f"{answer.url}switch/", {"enabled": "no"})
    assert "switched off" in text(client.get("/reports/schedules/"))
    edited = {**NEW, "name": "Others", "cadence": "monthly", "day": "31"}
    client.post(f"{answer.url}edit/", edited)
    row.refresh_from_db()
    assert (row.name, row.day, row.enabled) == ("Others", 31, False)
    assert client.post(f"{answer.url}delete/").status_code == 422
    assert client.post(f"{answer.url}delete/", {"understood": "yes"}).status_code == 302
    assert Schedule.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"emails": "ann"}, "ann is not an e-mail address."),
        ({"emails": ""}, "Say where it goes"),
        ({"at": "late"}, "Write the time as 08:00."),
        ({"zone": "Mars"}, "This is no time zone."),
        ({"weekdays": []}, "Choose a day of the week at least."),
        ({"columns": "colour"}, "There is no column"),
        ({"to_folder": "yes", "folder": ".."}, "No folder is set"),
    ],
)
def test_what_does_not_do_is_said_and_the_rest_is_kept(client, admin, change, said):
    answer = client.post("/reports/schedules/new/", {**NEW, **change})
    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    assert 'name="name" value="Orphans"' in page
    assert 'name="filter.q" value="bot"' in page
    assert Schedule.objects.count() == 0


def test_money_is_asked_for_where_a_report_has_any(client, admin):
    assert "Send what things cost too" in text(client.get("/reports/schedules/new/?report=charges"))
    assert "Send what things" not in text(
        client.get("/reports/schedules/new/?report=orphan-accounts")
    )


def test_a_failing_schedule_says_why(client, admin):
    client.post("/reports/schedules/new/", NEW)
    Schedule.objects.update(report="gone")
    row = Schedule.objects.get()
    client.post(f"/reports/schedules/{row.pk}/run/")
    schedules.carry_out(row.runs.get().pk)
    for path in ("/reports/schedules/", f"/reports/schedules/{row.pk}/"):
        assert "The report gone is not there any more." in text(client.get(path))
    assert client.get(f"/reports/schedules/{row.pk}/edit/").status_code == 302


def test_a_webhook_is_added_and_its_secret_shown_once(client, admin, receiver):
    given = {"name": "Tickets", "url": f"{receiver.url}?k=sesame", "events": ["instance.failed"]}
    page = text(client.post("/settings/webhooks/add/", given))
    row = Webhook.objects.get()
    assert "whsec_" in page
    for path in ("/settings/webhooks/", f"/settings/webhooks/{row.pk}/"):
        page = text(client.get(path))
        assert "whsec_" not in page
        assert "sesame" not in page
    client.post(f"/settings/webhooks/{row.pk}/edit/", {**given, "url": row.shown, "name": "T"})
    tested = client.post(f"/settings/webhooks/{row.pk}/test/", headers={"HX-Request": "true"})
    assert "it answered 204" in text(tested)
    assert receiver.got[0][1] == "hook"
    assert "whsec_" in text(client.post(f"/settings/webhooks/{row.pk}/rotate/"))


def test_a_bad_secret_is_not_given_back(client, admin, receiver):
    given = {"name": "T", "url": receiver.url, "secret": "hunter2"}
    answer = client.post("/settings/webhooks/add/", given)
    assert answer.status_code == 422
    assert "whsec_ and 24 to 64 bytes" in text(answer)
    assert "hunter2" not in text(answer)


def test_deliveries_are_shown_with_their_tries_and_sent_again(client, admin, receiver):
    client.post(
        "/settings/webhooks/add/",
        {"name": "T", "url": receiver.url, "events": ["instance.failed"]},
    )
    row = Webhook.objects.get()
    receiver.answer(500, "<script>alert(1)</script>")
    webhooks.announce("instance.failed", {})
    webhooks.deliver_due(row.pk)
    path = f"/settings/webhooks/{row.pk}/"
    page = text(client.get(path))
    assert "It answered 500: &lt;script&gt;" in page
    assert "<summary>1 try</summary>" in page
    assert "After a day of failures" in page
    receiver.answer(410)
    delivery = WebhookDelivery.objects.get()
    client.post(f"{path}deliveries/{delivery.pk}/redeliver/")
    webhooks.deliver_due(row.pk)
    assert "It answered 410" in text(client.get("/settings/webhooks/"))
    receiver.answer(200)
    client.post(f"{path}switch/", {"enabled": "yes"})
    webhooks.deliver_due(row.pk)
    assert "delivered</span> 200" in text(client.get(path))
    assert client.post(f"{path}delete/").status_code == 302
    assert Webhook.objects.count() == 1
    client.post(f"{path}delete/", {"understood": "yes"})
    assert Webhook.objects.count() == 0


def test_readers_look_and_see_no_buttons(client, admin, receiver):
    client.post("/settings/webhooks/add/", {"name": "T", "url": f"{receiver.url}?k=sesame"})
    client.post("/reports/schedules/new/", NEW)
    signed(client, "reader")
    webhook, schedule = Webhook.objects.get(), Schedule.objects.get()
    for path in (
        "/settings/webhooks/",
        f"/settings/webhooks/{webhook.pk}/",
        "/reports/schedules/",
        f"/reports/schedules/{schedule.pk}/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        page = text(answer)
        content = page[page.index('id="content"') :]
        assert "<form" not in content
        assert "sesame" not in content
    assert "Schedule this" not in text(client.get("/reports/orphan-accounts/"))


@pytest.mark.parametrize("path", ["reports/schedules/99/", "settings/webhooks/99/"])
def test_what_is_not_there_is_not_found(client, admin, path):
    assert client.get(f"/{path}").status_code == 404
    assert client.get(f"/{path.replace('99', '9' * 40)}").status_code == 404


def test_a_folder_is_offered_where_the_operator_has_named_one(client, admin, settings, tmp_path):
    form = "/reports/schedules/new/?report=orphan-accounts"
    assert "once the operator names one in <code>STEWARD_EXPORT_DIR" in text(client.get(form))
    settings.STEWARD_EXPORT_DIR = tmp_path
    assert 'name="to_folder"' in text(client.get(form))
    given = {**NEW, "emails": "", "to_folder": "yes", "folder": "../out", "keep": "3"}
    wrong = client.post("/reports/schedules/new/", given)
    assert wrong.status_code == 422
    assert "may not be empty or begin with a dot" in text(wrong)
    assert 'value="../out"' in text(wrong)
    client.post("/reports/schedules/new/", {**given, "folder": "audit"})
    row = Schedule.objects.get()
    assert (row.folder, row.keep, row.emails) == ("audit", 3, [])
    assert "Folder audit" in text(client.get("/reports/schedules/"))
