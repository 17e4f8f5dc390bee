"""Pairs who talk: clients of Dr Mira, and she with each of them, all at once and over as many doors as there are."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Final

from messaging.conversations import Kind, Member
from messaging.ids import PersonId
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed, admit
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.history import History, Told, View
from tests.journeys.speakers import Speaker
from tests.journeys.talking import record

PATIENCE: Final = 90.0
"""Seconds in which everybody must be answered again, on a busy machine."""


async def pairs_of(cast: Cast, pairs: int, doors: Sequence[str], history: History) -> list[Speaker]:
    """Each pair over two doors where there are two; wherever they are, the other doors are where they would go."""
    speakers = []
    for number in range(pairs):
        name = f"client{number}"
        new = NewPerson(Role.CLIENT, f"{name}-{cast.practice.slug}", name)
        cast.people[name] = await add_person(cast.office, cast.practice.id, new)
        who = ("mira", name)
        members = tuple(Member(PersonId(cast[w].id), cast[w].role) for w in who)
        conversation = await begin_conversation(cast.office, cast.practice.id, Kind.INDIVIDUAL, members)
        await open_session(cast.office, admit(cast["mira"], conversation, Deed.HOLD_SESSION), beside=True)
        for place, one in enumerate(who):
            first = (number + place) % len(doors)
            others = (*doors[first + 1 :], *doors[:first])
            speakers.append(
                Speaker(
                    doors[first],
                    await cast.token(one),
                    (str(conversation.id), one),
                    history,
                    random.Random(f"{number} {one}"),
                    others if number % 2 else others[::-1],
                )
            )
    return speakers


async def all_answered(speakers: Iterable[Speaker], more: int = 3) -> None:
    """Until each has had so many more answers."""
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(speaker.acks_reach(speaker.acks + more) for speaker in speakers))


async def records(speakers: Sequence[Speaker], server: RunningServer) -> dict[View, list[Told]]:
    """What each of them reads, once nobody says more and everybody has heard all."""
    found: dict[View, list[Told]] = {}
    async with asyncio.timeout(PATIENCE):
        for speaker in speakers:
            speaker.rest()
        await asyncio.gather(*(speaker.falls_silent() for speaker in speakers))
        for speaker in speakers:
            entries = await record(server, speaker.token, speaker.view[0])
            found[speaker.view] = [(e["number"], e.get("key")) for e in entries]
            await speaker.sees(len(entries))
    return found
