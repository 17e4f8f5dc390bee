"""Whose turn it is to hash: no stranger takes a known person's place, none waits for ever, and the threads stand back."""

import asyncio
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as some

from messaging.errors import Busy
from messaging.office import Asking
from web.fair.desks import NICENESS, PasswordDesk
from web.fair.turns import IN_A_ROW, OF_ONE_NETWORK, STRANGERS, Turns


def stranger(network: int = 0) -> Asking:
    return Asking(f"192.0.2.{network}", known=False)


def known(person: int = 0) -> Asking:
    return Asking(person, known=True)


class Crowd:
    """Those who came, and who was called, in order. Each stays at the desk until told to leave."""

    def __init__(self, places: int) -> None:
        self.turns = Turns(places)
        self.called: list[Asking] = []
        self.at_desk: list[Asking] = []
        self.came: list[asyncio.Task[None]] = []

    async def come(self, *asking: Asking) -> None:
        self.came += [asyncio.create_task(self._wait(one)) for one in asking]
        await settled()

    async def _wait(self, asking: Asking) -> None:
        await self.turns.take(asking)
        self.called.append(asking)
        self.at_desk.append(asking)

    async def leave(self) -> None:
        self.turns.done(self.at_desk.pop(0))
        await settled()

    async def empty(self) -> None:
        while self.at_desk:
            await self.leave()


async def settled() -> None:
    """Everything that is ready has run."""
    for _ in range(4):
        await asyncio.sleep(0)


async def test_a_known_person_goes_before_all_strangers_who_wait() -> None:
    crowd = Crowd(1)
    await crowd.come(*(stranger(one) for one in range(10)), known())
    await crowd.leave()
    assert crowd.called == [stranger(0), known()]


async def test_of_several_places_one_is_never_a_strangers() -> None:
    crowd = Crowd(3)
    await crowd.come(*(stranger(one) for one in range(10)))
    assert len(crowd.at_desk) == 2
    await crowd.come(known())
    assert crowd.called[-1] == known()


async def test_strangers_beyond_the_line_are_refused_and_known_people_are_not() -> None:
    crowd = Crowd(1)
    await crowd.come(*(stranger(one % 100) for one in range(STRANGERS + 50)))
    refused = [one for one in crowd.came if one.done() and isinstance(one.exception(), Busy)]
    assert len(refused) == 49  # one is at the desk
    await crowd.come(*(known(one) for one in range(100)))
    assert not any(one.done() and one.exception() for one in crowd.came[-100:])
    await crowd.empty()
    assert len(crowd.called) == 1 + STRANGERS + 100


async def test_one_network_waits_for_itself_and_takes_turns_with_the_others() -> None:
    crowd = Crowd(1)
    await crowd.come(*[stranger(1)] * 100)
    assert crowd.turns.waiting == OF_ONE_NETWORK
    await crowd.come(stranger(2))
    await crowd.leave()
    await crowd.leave()
    assert crowd.called == [stranger(1), stranger(1), stranger(2)]
    await crowd.empty()


async def test_a_crowd_of_known_people_does_not_shut_out_who_comes_for_the_first_time() -> None:
    crowd = Crowd(1)
    await crowd.come(*(known(one) for one in range(50)), stranger())
    await crowd.empty()
    assert crowd.called.index(stranger()) == IN_A_ROW


async def test_who_gives_up_waiting_leaves_no_gap_also_when_just_called() -> None:
    crowd = Crowd(1)
    await crowd.come(known(1), known(2), known(3))
    crowd.came[1].cancel()
    await settled()
    crowd.turns.done(crowd.at_desk.pop())
    crowd.came[2].cancel()  # called already, and not yet running
    await settled()
    await crowd.come(stranger())
    assert crowd.called == [known(1), stranger()]
    assert crowd.turns.waiting == 0


@given(
    places=some.integers(1, 4),
    crowd=some.lists(some.tuples(some.booleans(), some.integers(0, 5), some.booleans()), max_size=60),
)
def test_nobody_is_lost_and_no_place_is_given_twice(places: int, crowd: list[tuple[bool, int, bool]]) -> None:
    async def all_of_it() -> None:
        came = Crowd(places)
        for is_known, key, one_leaves in crowd:
            await came.come(Asking(key, known=is_known))
            assert len(came.at_desk) <= places
            if one_leaves and came.at_desk:
                await came.leave()
        await came.empty()
        refused = sum(isinstance(one.exception(), Busy) for one in came.came)
        assert len(came.called) + refused == len(crowd)
        assert came.turns.waiting == 0

    asyncio.run(all_of_it())


async def test_the_threads_that_hash_stand_back_and_nobody_else_does() -> None:
    desk = PasswordDesk()
    try:
        loop = asyncio.get_running_loop()
        theirs = await loop.run_in_executor(
            desk._pool, lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        )
        ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        assert theirs == min(19, ours + NICENESS)
    finally:
        desk.close()


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3), (64, 4)])
async def test_fewer_threads_hash_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    desk = PasswordDesk()
    desk.close()
    assert desk._pool._max_workers == threads
