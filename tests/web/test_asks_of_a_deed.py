"""What one deed asks of memory: a page that reads the practice again, or does in four acts what is one, asks more.

Counted where the acts ask: each call of a port, from the request to its answer. A number that rises is a fault or a reason
to be written here; one that falls is a better number.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

import pytest

from messaging.memory.whole import Memory
from messaging.office import Office
from tests.cast import Cast
from tests.messaging.test_undoing import in_offer
from tests.web.pages.staff.test_calendar_pages import day_ahead, when
from tests.web.pages.staff.test_files import held_letter
from tests.web.visitor import Visitor

MOST = {
    "a clinician's letter": 11,
    "an answer": 10,
    "a client's letter": 7,
    "a booking": 8,
    "a session opened": 6,
    "a session ended": 4,
    "a letter let in": 8,
    "a session moved": 9,
    "a session called off": 9,
    "a change undone": 7,
}
"""Of each deed, from the press of the button to the place one is sent to. Three of each are who asks, their practice, and
whether they may. Two of a clinician's letter are who else is in their care, and by what names: it may not name one unasked.
"""


TWICE = {"sessions.named"}
"""A change is told as it stands when it is told: of two in a breath the older must not be told last."""


class Counted:
    """A port that counts what it is asked."""

    def __init__(self, name: str, port: Any, asked: Counter[str]) -> None:
        self._name, self._port, self._asked = name, port, asked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def counting(*args: Any, **kwargs: Any) -> Any:
            self._asked[f"{self._name}.{name}"] += 1
            return found(*args, **kwargs)

        return counting


def counted(office: Office, asked: Counter[str]) -> Office:
    """The same office, whose memory counts."""
    ports = {one.name: Counted(one.name, getattr(office.memory, one.name), asked) for one in fields(Memory)}
    return replace(office, memory=Memory(**ports))


@asynccontextmanager
async def counting(people: Cast) -> AsyncIterator[Counter[str]]:
    """What is asked inside."""
    office, asked = people.house.office, Counter[str]()
    people.house.office = counted(office, asked)
    try:
        yield asked
    finally:
        people.house.office = office


async def a_letter(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    place = f"/c/{people.conversation('ruth')}"
    hidden = (await mira.get(place)).hidden(f"{place}/letters")
    return lambda: mira.post(f"{place}/letters", hidden | {"text": "Dear Ruth, it is snowing."})


async def an_answer(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    await (await a_clients_letter(people, mira, ruth))()
    return await a_letter(people, mira, ruth)


async def a_clients_letter(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    place = "/me/letters/write"
    fields = {
        "key": str(uuid4()),
        "conversation": str(people.conversation("ruth")),
        "text": "Dear Mira, I slept.",
    }
    return lambda: ruth.post(place, fields)


async def a_booking(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    hidden = (await mira.get("/calendar")).hidden("/calendar/sessions")
    said = hidden | {"conversation": str(people.conversation("ruth"))} | when(day_ahead(3))
    return lambda: mira.post("/calendar/sessions", said)


async def an_opening(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    return lambda: mira.post(f"/c/{people.conversation('ruth')}/sessions", {"key": str(uuid4())})


async def an_end(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    await (await an_opening(people, mira, ruth))()
    return lambda: mira.post(f"/c/{people.conversation('ruth')}/sessions/end", {"key": str(uuid4())})


async def a_letter_let_in(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    letter = await held_letter(people, "From my sister's tablet.", "ruth")
    fields = {"key": str(uuid4()), "conversation": str(people.conversation("ruth"))}
    return lambda: mira.post(f"/screener/{letter}/attach", fields)


async def a_move(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    session = await in_offer(people)
    return lambda: mira.post(f"/calendar/sessions/{session.id}/move", when(day_ahead(4)))


async def a_calling_off(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    session = await in_offer(people)
    return lambda: mira.post(f"/calendar/sessions/{session.id}/cancel", {})


async def an_undoing(people: Cast, mira: Visitor, ruth: Visitor) -> Callable[[], Awaitable[Any]]:
    changed = await (await a_move(people, mira, ruth))()
    slip = (await mira.get(changed.place.partition("#")[0])).hidden("/undo")
    return lambda: mira.post("/undo", slip)


DEEDS = dict(
    zip(
        MOST,
        (
            *(a_letter, an_answer, a_clients_letter, a_booking, an_opening, an_end, a_letter_let_in),
            *(a_move, a_calling_off, an_undoing),
        ),
        strict=True,
    )
)


@pytest.mark.parametrize("deed", MOST)
async def test_a_deed_asks_no_more_than_it_needs(
    people: Cast, mira: Visitor, ruth: Visitor, deed: str
) -> None:
    do = await DEEDS[deed](people, mira, ruth)
    async with counting(people) as asked:
        answer = await do()
    assert answer.status == 303, answer.words
    assert asked.total() <= MOST[deed], dict(asked)
    often = {what: times for what, times in asked.items() if times > (2 if what in TWICE else 1)}
    assert not often  # nothing is asked twice
