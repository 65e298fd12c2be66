"""Schedules: due once, made, and sent by real SMTP, to a real receiver and into a real folder."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from steward.insight import reports
from steward.insight.reports import licences
from steward.inventory.edit import Edit
from steward.inventory.mail import Mail
from steward.inventory.member import Member
from steward.inventory.problems import Invalid
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.inventory.worker import Worker
from steward.ledger import schedules as acts
from steward.work import naming, posted, schedules, scheduling
from tests.notify.test_mails import inbox

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db
BY = "admin@corp.example"
SLUG = "instances-freshness"


@pytest.fixture
def owner(db):
    return Member.objects.create_user(BY, role="admin")


@pytest.fixture(autouse=True)
def _base(settings):
    settings.STEWARD_BASE_URL = "https://steward.example"


@pytest.fixture
def exports(settings, tmp_path):
    settings.STEWARD_EXPORT_DIR = tmp_path
    return tmp_path


def made(owner=None, **given):
    usual = {"name": "Freshness", "report": SLUG, "emails": ["ann@corp.example"]}
    return scheduling.create({**usual, **given}, by=BY, owner=owner)


def ran(schedule):
    run = acts.run_now(schedule, by=BY)
    schedules.carry_out(run.pk)
    run.refresh_from_db()
    schedule.refresh_from_db()
    return run


def slug_of(module):
    return module.REPORT.slug


def test_it_fires_once_however_many_look_and_catches_up_once():
    schedule = made(cadence="daily", at="08:00", zone="Europe/Berlin")
    missed = datetime(2026, 11, 20, 7, tzinfo=UTC)
    Schedule.objects.update(next_at=missed)
    stale = Schedule.objects.get()
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert [acts.fire_due(now), acts.fire_due(now)] == [1, 0]
    assert not acts._fire(stale, now)
    assert [r.due_at for r in schedule.runs.all()] == [missed]
    schedule.refresh_from_db()
    assert schedule.next_at == datetime(2026, 11, 26, 7, tzinfo=UTC)


def test_one_that_is_off_does_not_fire_and_makes_nothing_up_for():
    schedule = made()
    scheduling.edit(schedule, {"enabled": False}, by=BY)
    Schedule.objects.update(next_at=timezone.now() - timedelta(days=9))
    assert acts.fire_due() == 0
    schedule.refresh_from_db()
    scheduling.edit(schedule, {"enabled": True}, by=BY)
    assert acts.fire_due() == 0
    schedule.refresh_from_db()
    assert schedule.next_at > timezone.now()


def test_a_zone_that_this_machine_does_not_know_stops_nothing_else(client, owner):
    strange, usual = made(), made(name="Usual")
    Schedule.objects.update(next_at=timezone.now() - timedelta(hours=1))
    Schedule.objects.filter(pk=strange.pk).update(zone="Mars/Olympus")
    assert acts.fire_due() == 1
    assert usual.runs.count() == 1
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/reports/schedules/").status_code == 200


def test_another_time_is_another_next_time():
    schedule = made(cadence="daily", at="08:00", zone="UTC")
    before = schedule.next_at
    scheduling.edit(schedule, {"zone": "Asia/Tokyo"}, by=BY)
    schedule.refresh_from_db()
    assert (schedule.next_at.hour, before.hour) == (23, 8)


def test_what_things_cost_does_not_travel_unless_that_is_chosen(exports):
    columns = [c.name for c in licences.REPORT.columns if not c.hidden]
    money = {c.label for c in licences.REPORT.columns if c.kind == "money"}
    headings = {}
    for chosen in (False, True):
        ran(
            made(
                emails=[],
                folder=f"m{chosen}",
                report=slug_of(licences),
                with_money=chosen,
                columns=columns,
            )
        )
        (file,) = (exports / f"m{chosen}").iterdir()
        headings[chosen] = set(file.read_text("utf-8-sig").splitlines()[0].split(","))
    assert money
    assert headings[True] - headings[False] >= money


def test_a_report_about_money_needs_the_choice(owner):
    with pytest.raises(Invalid) as refused:
        made(report="spend-by-vendor")
    assert [e.field for e in refused.value.errors] == ["with_money"]
    schedule = made(report="spend-by-vendor", with_money=True)
    Schedule.objects.update(with_money=False)
    run = ran(schedule)
    assert (run.state, "about what things cost" in run.sentence) == ("failed", True)


def test_a_report_that_is_gone_is_said_and_the_owner_is_told_once(owner, monkeypatch):
    schedule = made(owner=owner)
    Schedule.objects.update(report="of-yesterday")
    schedule.refresh_from_db()
    for _ in range(schedules.TOLD_AFTER + 2):
        run = ran(schedule)
    assert run.sentence == "The report of-yesterday is not there any more. Choose another one."
    assert (schedule.failures, schedule.last_state) == (schedules.TOLD_AFTER + 2, "failed")
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (BY, "Freshness: the schedule fails")
    assert "of-yesterday" in mail.body
    Schedule.objects.update(report=SLUG)
    schedule.refresh_from_db()
    assert ran(schedule).state == "done"
    assert (schedule.failures, schedule.told_at) == (0, None)


def test_filters_that_do_no_more_are_said(owner):
    schedule = made()
    Schedule.objects.update(filters={"colour": "red"})
    schedule.refresh_from_db()
    run = ran(schedule)
    assert run.state == "failed"
    assert "There is no filter 'colour'" in run.sentence


def test_a_crash_is_said_and_not_lost(monkeypatch):
    monkeypatch.setattr(posted, "by_mail", lambda *_: 1 / 0)
    run = ran(made())
    assert (run.state, run.sentence) == ("failed", schedules.CRASHED)


def test_a_run_whose_worker_is_gone_is_taken_back_and_then_given_up():
    run = acts.run_now(made(), by=BY)
    long_ago = timezone.now() - timedelta(minutes=5)
    mine = ScheduleRun.objects.filter(pk=run.pk)
    for attempt in (1, 2):
        mine.update(state="running", attempt=attempt, worker="dead", started_at=long_ago)
        assert schedules.queued() == [(run.pk, attempt)]
    mine.update(state="running", attempt=3)
    assert schedules.queued() == []
    run.refresh_from_db()
    assert (run.state, run.sentence) == ("failed", schedules.DIED)


def test_what_was_held_before_a_restart_under_the_same_name_is_taken_back_at_once(monkeypatch):
    """On SQLite a worker is called the same after it was killed, and so its run seemed alive."""
    run = acts.run_now(made(), by=BY)
    Worker.objects.create(name=naming.name())
    held = {"state": "running", "worker": naming.name(), "started_at": timezone.now()}
    ScheduleRun.objects.filter(pk=run.pk).update(attempt=1, **held)
    monkeypatch.setattr(schedules, "_here", [run.pk])
    assert schedules.queued() == []
    monkeypatch.setattr(schedules, "_here", [])
    assert schedules.queued() == [(run.pk, 1)]


def test_a_worker_that_was_only_slow_sends_nothing_twice(monkeypatch):
    run, real = acts.run_now(made(), by=BY), posted.by_mail

    def slow(*given):
        ScheduleRun.objects.filter(pk=run.pk).update(attempt=2)
        return real(*given)

    monkeypatch.setattr(posted, "by_mail", slow)
    schedules.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, Mail.objects.count()) == ("running", 0)


def test_a_second_request_joins_the_open_run():
    schedule = made()
    assert acts.run_now(schedule, by=BY).pk == acts.run_now(schedule, by="other").pk


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"report": "no-such"}, "report"),
        ({"filters": {"colour": "red"}}, "filters"),
        ({"columns": ["colour"]}, "columns"),
        ({"sort": "colour"}, "sort"),
        ({"cadence": "hourly"}, "cadence"),
        ({"cadence": "weekly", "weekdays": []}, "weekdays"),
        ({"weekdays": ["someday"]}, "weekdays"),
        ({"day": 32}, "day"),
        ({"at": "25:00"}, "at"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"format": "docx"}, "format"),
        ({"emails": []}, "emails"),
        ({"emails": ["ann"]}, "emails"),
        ({"emails": ["a@" + "b" * 60 + ("." + "c" * 60) * 4 + ".example"]}, "emails"),
        ({"emails": [f"a{n}@corp.example" for n in range(51)]}, "emails"),
        ({"webhook": 10**30}, "webhook"),
        ({"keep": 0}, "keep"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(given, field):
    with pytest.raises(Invalid) as refused:
        made(**given)
    assert [e.field for e in refused.value.errors] == [field]


def test_acts_leave_a_trail():
    schedule = made()
    scheduling.edit(schedule, {"at": "09:30"}, by=BY)
    acts.delete(schedule, by=BY)
    told = list(Edit.objects.filter(kind="schedule").order_by("pk").values_list("what", flat=True))
    assert told == ["made", "changed", "removed"]
    assert Edit.objects.get(what="changed").after["at"] == "09:30:00"


def test_every_report_can_be_scheduled(exports):
    for report in reports.catalogue():
        run = ran(
            made(report=report.slug, with_money=True, emails=[], folder="all", name=report.title)
        )
        assert run.state == "done", run.sentence
    assert len(list((exports / "all").iterdir())) == len(reports.catalogue())
