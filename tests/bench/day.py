"""A clinician's day with a large caseload: python -m pytest tests/bench/day.py -s [QUIETLINE_CLIENTS=1000]

How long the server takes for Today, for a letter of the flow, for the whole list, and to compare a letter with all names.
"""

import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import update

from messaging.conversations import Kind, Member
from messaging.letters.others_named import ask_about_others
from messaging.letters.writing import Letter, write_letter
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.reading import enter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.conftest import mira, people, site, visitor
from tests.web.visitor import Visitor
from threads.tables.conversations import conversations

__all__ = ["mira", "people", "site", "visitor"]

CLIENTS = int(os.environ.get("QUIETLINE_CLIENTS", "1000"))
WAITING = 30
"""Of them, with a letter that is due today."""
ASKED = 15


async def taken(what: Callable[[], Awaitable[object]]) -> str:
    """Milliseconds: the middle one, and the slowest."""
    spans = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        await what()
        spans.append((time.perf_counter() - begun) * 1000)
    return f"median {statistics.median(spans):.0f} ms, slowest {max(spans):.0f} ms"


async def test_a_day(people: Cast, mira: Visitor) -> None:
    """Prints; asserts nothing of a busy machine."""
    office, due = people.office, []
    for number in range(CLIENTS):
        new = NewPerson(Role.CLIENT, f"c{number}-{people.practice.slug}", f"Name{number} Surname{number}")
        client = await add_person(office, people.practice.id, new)
        members = tuple(Member(one.id, one.role) for one in (client, people["mira"]))
        made = await begin_conversation(office, people.practice.id, Kind.INDIVIDUAL, members)
        if number < WAITING:
            due.append(made.id)
        held, circle = await enter(office, client, made.id, Deed.WRITE)
        await write_letter(office, held, circle, Letter(uuid4(), "I keep going back to that evening."))
    async with office.memory.people._database.within(people.practice.id) as connection:  # type: ignore[attr-defined]
        mine = conversations.c.practice_id == people.practice.id
        await connection.execute(update(conversations).where(mine).values(waiting_since=None))
        late = office.clock() - timedelta(days=9)
        await connection.execute(
            update(conversations).where(mine, conversations.c.id.in_(due)).values(waiting_since=late)
        )
    _, circle = await enter(office, people["mira"], due[0], Deed.WRITE)
    print(f"\n{CLIENTS} conversations, {WAITING} letters due")
    print("Today:", await taken(lambda: mira.get("/today")))
    print("one letter of the flow:", await taken(lambda: mira.get(f"/flow/{due[0]}")))
    print("the whole list:", await taken(lambda: mira.get("/inbox")))
    text = "Dear somebody,\n\n" + "a word of many. " * 400
    print(
        "names compared:",
        await taken(lambda: ask_about_others(office, people["mira"], circle, text, ())),
    )
