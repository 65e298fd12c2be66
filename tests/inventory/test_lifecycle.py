import pytest

from steward.inventory.lifecycle import (
    PRESENT,
    STOPPED,
    SYNCING,
    Act,
    Event,
    State,
    after,
    allowed,
    status,
)


@pytest.mark.parametrize("state", sorted(SYNCING))
def test_a_sync_moves_only_what_syncs(state):
    assert after(state, Event.SUCCEEDED) is State.LIVE
    assert after(state, Event.FAILED) is State.FAILING
    assert after(state, Event.REFUSED) is State.REVOKED
    assert after(state, Event.REACTIVATED) is None


@pytest.mark.parametrize("state", sorted(STOPPED))
def test_a_late_verdict_wakes_nobody(state):
    for event in (Event.SUCCEEDED, Event.FAILED, Event.REFUSED):
        assert after(state, event) is None
    assert after(state, Event.REACTIVATED) is State.PENDING


@pytest.mark.parametrize("state", sorted(PRESENT))
def test_everything_present_can_be_reconnected_and_deleted(state):
    assert after(state, Event.RECONNECTED) is State.PENDING
    assert after(state, Event.DELETED) is State.DELETING
    assert {Act.EDIT, Act.RECONNECT, Act.DELETE_USERS, Act.DELETE} <= allowed(state)


def test_nothing_moves_what_is_being_deleted():
    assert not allowed(State.DELETING)
    assert all(after(State.DELETING, event) is None for event in Event)


def test_what_is_allowed_follows_from_what_would_move():
    for state in PRESENT:
        assert (Act.REACTIVATE in allowed(state)) == bool(after(state, Event.REACTIVATED))
        assert (Act.DEACTIVATE in allowed(state)) == bool(after(state, Event.DEACTIVATED))
        assert (Act.SYNC in allowed(state)) == (status(state) == "Live")
