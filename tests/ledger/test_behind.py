"""Large files are looked at and brought by the worker: told, cancelled, failed, and begun anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.imports import Import, ImportDraft, ImportTask
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.worker import Worker
from steward.ledger.imports import behind, bringing, drafts, undoing
from steward.ledger.imports.bringing import Brought

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"
GOOD = "name,status\n" + "".join(f"Tool {n},approved\n" for n in range(1_200))
BAD = "name,status\nTool,approved\nOther,odd\n"


def draft(text=GOOD, kind="applications"):
    return drafts.keep(Brought.of(kind, "file.csv", text.encode()), None)


def asked(what=ImportTask.BRING, text=GOOD, kind="applications", **how):
    return behind.ask(draft(text, kind), what, by=BY, **how)


def done(task, worker="one"):
    behind.carry_out(task.pk, worker)
    task.refresh_from_db()
    return task


def tools():
    return Application.objects.filter(name__startswith="Tool").count()


def test_it_is_looked_at_then_brought_and_undone_as_any_other():
    looked = done(asked(ImportTask.LOOK))
    assert (looked.state, looked.rows, looked.checked) == ("done", 1_200, 1_200)
    assert (
        looked.counts == looked.draft.counts == {"new": 1_200, "changed": 0, "same": 0, "error": 0}
    )
    assert (looked.draft.rows.count(), tools()) == (1_200, 0)
    brought = done(behind.ask(looked.draft, ImportTask.BRING, by=BY))
    assert (brought.state, brought.counts, tools()) == ("done", looked.counts, 1_200)
    assert (brought.imported.by, brought.imported.counts) == (BY, looked.counts)
    assert (brought.draft, ImportDraft.objects.count()) == (None, 0)
    undoing.undo(brought.imported, by=BY)
    assert tools() == 0


def test_two_clicks_are_one_task_and_two_workers_do_it_once():
    of = draft()
    first, second = (behind.ask(of, ImportTask.BRING, by=BY) for _ in range(2))
    assert first == second
    done(first)
    done(first, "two")
    assert (Import.objects.count(), first.attempt) == (1, 1)


def test_errors_are_told_by_row_and_good_rows_are_taken_where_asked():
    failed = done(asked(text=BAD))
    assert (failed.state, failed.imported) == ("failed", None)
    assert failed.counts["error"] == 1
    assert [e["field"] for e in failed.errors] == ["rows.3.status"]
    assert "is not one of" in failed.errors[0]["message"]
    assert failed.draft.rows.get(verdict="error").line == 3
    taken = done(behind.ask(failed.draft, ImportTask.BRING, by=BY, good_rows=True))
    assert (taken.state, taken.imported.left_out.get().line) == ("done", 3)


def test_what_can_be_seen_at_once_is_said_at_once():
    with pytest.raises(Invalid, match="can be read in two ways"):
        asked(text="vendor,start\nAcme,3/4/2026\n", kind="contracts")
    charges = "date,vendor,amount,currency\n2026-11-02,Figma,20,USD\n"
    done(asked(text=charges, kind="charges"))
    with pytest.raises(Conflict, match="This very file"):
        asked(text=charges, kind="charges")
    assert ImportTask.objects.count() == 1


def test_it_is_cancelled_while_it_is_checked_and_nothing_is_changed(monkeypatch):
    task = asked()
    keep = drafts.keep_rows

    def cancelled(of, rows):
        keep(of, rows)
        behind.cancel(ImportTask.objects.get(pk=task.pk), by=BY)

    monkeypatch.setattr(drafts, "keep_rows", cancelled)
    assert done(task).state == "cancelled"
    assert (task.checked, tools(), Import.objects.count()) == (500, 0, 0)
    assert task.problem == f"Cancelled by {BY}."
    with pytest.raises(Conflict, match="over already"):
        behind.cancel(task, by=BY)


def test_what_is_being_written_is_not_cancelled(monkeypatch):
    task, told = asked(), []
    bring = bringing.bring

    def late(*given, **more):
        with pytest.raises(Conflict, match="It can be undone when it is done"):
            behind.cancel(ImportTask.objects.get(pk=task.pk), by=BY)
        told.append(True)
        return bring(*given, **more)

    monkeypatch.setattr(bringing, "bring", late)
    assert (done(task).state, told) == ("done", [True])


def lose(task, state, worker="gone"):
    ImportTask.objects.filter(pk=task.pk).update(
        state=state, worker=worker, attempt=task.attempt + 1,
        started_at=timezone.now() - timedelta(minutes=1), checked=500,
    )  # fmt: skip
    task.refresh_from_db()


@pytest.mark.parametrize("state", ImportTask.HELD)
def test_what_a_dead_worker_held_begins_anew_and_three_times_is_enough(state):
    task = asked()
    lose(task, state)
    Worker.objects.create(pk="gone", heartbeat_at=timezone.now())
    assert behind.queued("one") == []
    Worker.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert behind.queued("one") == [(task.pk, 1)]
    assert (done(task).state, task.checked, tools()) == ("done", 1_200, 1_200)
    poison = asked()
    for _ in range(3):
        lose(poison, state)
        behind.queued("one")
    poison.refresh_from_db()
    assert (poison.state, "died three times" in poison.problem) == ("failed", True)


def test_a_worker_that_begins_again_under_its_name_does_not_hold_what_it_held():
    task = asked()
    Worker.objects.create(pk="one", heartbeat_at=timezone.now())
    lose(task, "checking", worker="one")
    assert behind.queued("two") == []
    assert behind.queued("one") == [(task.pk, 1)]


def test_a_worker_that_was_only_slow_changes_nothing_any_more(monkeypatch):
    task = asked()
    bring = bringing.bring

    def overtaken(*given, **more):
        made = bring(*given, **more)
        ImportTask.objects.filter(pk=task.pk).update(attempt=2)
        return made

    monkeypatch.setattr(bringing, "bring", overtaken)
    assert done(task).state == "writing"
    assert (tools(), Import.objects.count()) == (0, 0)


def test_a_file_that_a_worker_is_at_is_kept():
    task = asked()
    ImportDraft.objects.update(expires_at=timezone.now() - timedelta(days=1))
    drafts.drop_old()
    assert ImportDraft.objects.count() == 1
    done(task)
    ImportTask.objects.update(ended_at=timezone.now() - timedelta(days=8))
    drafts.drop_old()
    assert ImportTask.objects.count() == 0
