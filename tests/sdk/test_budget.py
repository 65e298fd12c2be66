"""A window handed out to many at once, in a time of its own."""

import heapq
from dataclasses import asdict, dataclass, field

import pytest

from steward.sdk.budget import LOST, Window


@dataclass
class App:
    """Takes `limit` requests in each window of `length` seconds; tells of it or only refuses."""

    limit: int
    length: float
    tells: bool
    counted: dict = field(default_factory=dict)
    refusals: int = 0

    def ask(self, window, now):
        turn = int(now // self.length)
        ends = (turn + 1) * self.length
        self.counted[turn] = self.counted.get(turn, 0) + 1
        if self.counted[turn] > self.limit:
            self.refusals += 1
            window.refused(now, ends - now)
            return False
        if self.tells:
            window.told(now, self.limit - self.counted[turn], ends - now)
        return True


def drive(app, window, requests, askers, took=0.08):
    """How long so many askers together need; each request arrives half-way through."""
    events = [(0.001 * n, n, "take") for n in range(askers)]
    done, now = 0, 0.0
    well = {}
    while done < requests:
        now, who, what = heapq.heappop(events)
        if what == "take":
            wait = window.take(now)
            next_up = (now + wait, "take") if wait else (now + took / 2, "arrive")
        elif what == "arrive":
            well[who] = app.ask(window, now)
            next_up = (now + took / 2, "answered")
        else:
            window.answered(well=well[who])
            done += well[who]
            next_up = (now, "take")
        heapq.heappush(events, (next_up[0], who, next_up[1]))
    return now


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize(("limit", "length"), [(20, 1.0), (50, 10.0), (300, 60.0)])
def test_ten_askers_stay_within_the_limit_and_use_it(tells, limit, length):
    app, windows = App(limit, length, tells), 12
    took = drive(app, Window(), limit * windows, askers=10)
    assert app.refusals <= (10 if tells else 10 + windows)
    assert took <= 1.2 * windows * length


def test_who_knows_no_limit_waits_for_nobody():
    app = App(10**9, 1.0, tells=False)
    assert drive(app, Window(), 1000, askers=10) == pytest.approx(1000 * 0.08 / 10, rel=0.1)


def test_a_learned_limit_grows_again_when_the_app_does():
    app, window = App(20, 1.0, tells=False), Window()
    drive(app, window, 100, askers=4)
    learned = window.allowance
    assert learned <= 20
    app.limit = 40
    later = Window(**asdict(window))
    app.counted.clear()
    drive(app, later, 2_000, askers=4)
    assert later.allowance > learned


def test_a_pause_holds_everybody_and_teaches_nothing():
    window = Window()
    assert window.take(100.0) == 0
    window.paused(100.0, 30)
    assert window.take(101.0) == pytest.approx(29)
    assert window.take(130.5) == 0
    assert window.allowance is None


def test_requests_of_a_worker_that_is_gone_are_given_back():
    window = Window()
    window.told(0.0, 2, 3600)
    assert [window.take(1.0), window.take(1.0)] == [0, 0]
    assert window.take(2.0) > 0
    assert window.take(2.0 + LOST) == 0
