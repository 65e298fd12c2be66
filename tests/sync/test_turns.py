"""How many requests of a process are under way at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from steward.sdk.limiter import Limiter
from steward.sync.turns import IN_A_ROW, Place, Slots


def test_no_more_requests_than_slots_are_under_way_and_waiting_for_ones_time_takes_none():
    slots, under_way, most, lock = Slots(2), [0], [0], threading.Lock()

    def ask(number: int) -> None:
        limiter = Limiter(slot=slots.place())
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
    with Limiter(slot=slots.place()).turn(), Limiter(slot=slots.place()).turn():
        pass
    done = threading.Thread(target=lambda: Limiter(slot=slots.place()).turn().__enter__())
    done.start()
    done.join(timeout=5)
    assert not done.is_alive()


def order_of(slots, *asking):
    """In which those who began to wait one after another are let in."""
    order = []

    def ask(name: str, place: Place) -> None:
        with place:
            order.append(name)

    with slots.place():
        threads = [threading.Thread(target=ask, args=one) for one in asking]
        for count, thread in enumerate(threads):
            thread.start()
            while len(slots._waiting) <= count:
                time.sleep(0.001)
    for thread in threads:
        thread.join(timeout=10)
    return order


def once(*places):
    for place in places:
        with place:
            pass


def test_of_those_who_wait_the_one_that_began_first_comes_first():
    slots = Slots(1)
    first, second, third = slots.place(), slots.place(), slots.place()
    once(first, second, third)
    asking = (("third", third), ("first", first), ("second", second))
    assert order_of(slots, *asking) == ["first", "second", "third"]


def test_a_long_one_goes_behind_the_others_after_some_requests():
    slots = Slots(1)
    long, other = slots.place(), slots.place()
    once(*[long] * IN_A_ROW, other)
    assert order_of(slots, ("long", long), ("other", other)) == ["other", "long"]
