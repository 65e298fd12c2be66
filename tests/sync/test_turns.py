"""How many requests of a process are under way at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from steward.sdk.limiter import Limiter
from steward.sync.turns import Slots


def test_no_more_requests_than_slots_are_under_way_and_waiting_for_ones_time_takes_none():
    slots, under_way, most, lock = Slots(2), [0], [0], threading.Lock()

    def ask(number: int) -> None:
        limiter = Limiter(slot=slots)
        if number == 0:
            limiter.pause(0.3)
        with limiter.turn():
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.05)
            with lock:
                under_way[0] -= 1

    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert most[0] == 2
    assert 0.2 <= time.monotonic() - began < 3


def test_a_request_that_asks_for_a_token_on_its_way_needs_one_slot():
    slots = Slots(1)
    with Limiter(slot=slots).turn(), Limiter(slot=slots).turn():
        pass
    done = threading.Thread(target=lambda: Limiter(slot=slots).turn().__enter__())
    done.start()
    done.join(timeout=5)
    assert not done.is_alive()
