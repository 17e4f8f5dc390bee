"""No frame tells who somebody is to one whose own pages do not: every kind of frame there is, to everybody who is there.

All names and addresses are marked. While everything happens that frames tell of, everybody listens to every conversation
of the practice; then each asks every address, and what a frame has told must stand on one of their pages too.
"""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

import channels.chat
from messaging.ending.care import begin_care_again, end_care
from messaging.messages import EventName
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.record.amending import correct, withdraw
from messaging.record.posting import say
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import Line, talking
from tests.journeys.test_live_chat import begin_session, finish_session
from tests.web.hostile import Door
from tests.web.sweeps.test_canaries import Asker, everywhere, filled, headers_of, instances
from tests.web.sweeps.test_identities import ADDRESS, MARKS, NAME, askers, held_from, seal_ben

KINDS = frozenset(
    found
    for source in Path(channels.chat.__path__[0]).glob("*.py")
    for found in re.findall(r'"type": "(\w+)"', source.read_text())
)
"""Of frames the server sends, as its own source makes them."""


async def mark_everybody(cast: Cast) -> dict[str, str]:
    """A name and an address for each that stand nowhere else; whose each is."""
    marks = {}
    for name, person in cast.people.items():
        if name == "ben":
            continue
        mark = f"{name}{uuid4().hex[:8]}"
        changes = Changes(name=f"Name {mark}", email=f"{mark}@marked.example")
        cast.people[name] = (await change_person(cast.office, cast["nour"], person.id, changes)).person
        marks[mark] = name
    return marks


async def everything_happens(cast: Cast, lines: Mapping[str, Line]) -> None:
    """Whatever frames tell of: a session, its words, signs and their making good, letters, who comes and goes, care."""
    office, conversation, ben = cast.office, cast.conversation("ben"), lines["ben"]
    await begin_session(cast, "ben")
    await ben.until("session")
    said = [(await ben.say(conversation, text))["number"] for text in ("one", "two")]
    held, _ = await cast.enter("ben", "ben", Deed.SAY)
    await correct(office, held, uuid4(), said[0], "one, better")
    await withdraw(office, held, uuid4(), said[1])
    await ben.send("typing", conversation=conversation)
    await ben.send("sign", conversation=conversation, word="thinking")
    await ben.send("sign", conversation=conversation, word="no such word")
    for name in ("mira", "tess"):
        held, _ = await cast.enter(name, "ben", Deed.SAY)
        await say(office, held, uuid4(), "I am here.")
    await finish_session(cast, "ben")
    await held_from(cast, general=False)
    await join_circle(office, cast["nour"], conversation, cast["eli"].id)
    await lines["eli"].send("company", conversation=conversation, doing="writing")
    await lines["mira"].until("company")
    await leave_circle(office, cast["nour"], conversation, cast["eli"].id)
    await end_care(office, cast["mira"], conversation)
    await begin_care_again(office, cast["mira"], conversation)


@pytest.mark.parametrize("seen", [True, False], ids=["identified", "sealed"])
async def test_a_frame_tells_nobody_who_somebody_is_that_their_pages_do_not(
    cast: Cast, server: RunningServer, seen: bool
) -> None:
    """Of who is identified the frames do tell, to who is with them: a sweep that hears nothing would prove nothing."""
    marks = await mark_everybody(cast)
    if seen:
        known = Changes(name=NAME, email=ADDRESS)
        cast.people["ben"] = (await change_person(cast.office, cast["nour"], cast["ben"].id, known)).person
    else:
        await seal_ben(cast)
    heard = await hear(cast, server)
    assert {frame["type"] for frames in heard.values() for frame in frames} == KINDS
    assert {frame.get("event") for frame in heard["mira"]} >= {EventName.CORRECTED, EventName.CARE_ENDED}
    world = await filled(cast)
    told = {name: text_of(frames) for name, frames in heard.items()}
    for asker in [*await askers(cast), Asker("ben", await cast.token("ben"))]:
        spoken = {mark for mark in (*marks, *MARKS) if mark in told[asker.name]}
        shown = await on_pages(cast, [*everywhere_of(world)], asker, spoken)
        assert spoken <= shown, f"{asker.name} was told by a frame what no page of theirs shows"
    assert {whose for mark, whose in marks.items() if mark in told["tess"]} == {"mira", "tess"}
    assert (NAME.casefold() in told["tess"]) is (NAME.casefold() in told["mira"]) is seen
    assert ADDRESS not in "".join(told.values())
    assert [name for name in ("nour", "ruth", "linden", "omar") if NAME.casefold() in told[name]] == []


async def hear(cast: Cast, server: RunningServer) -> dict[str, list[dict[str, object]]]:
    """What everybody is told who tries to follow everything while it happens."""
    async with AsyncExitStack() as listening:
        lines = {
            name: await listening.enter_async_context(talking(server, await cast.token(name)))
            for name in cast.people
        }
        for line in lines.values():
            for one in cast.conversations.values():
                await line.send("open", conversation=one.id, after=0)
            await line.so_far()
        await everything_happens(cast, lines)
        for name in ("mira", "tess"):
            await lines[name].until("event", event=EventName.CARE_BEGUN_AGAIN)
        await lines["mira"].until("inbox", conversation=str(cast.conversation("ben")))
        for line in lines.values():
            await line.so_far()
        return {name: line.heard for name, line in lines.items()}


def everywhere_of(world: object) -> list[str]:
    return [
        path
        for method, template in everywhere()
        if method == "GET"
        for path in instances(world, template)  # type: ignore[arg-type]
    ]


async def on_pages(cast: Cast, places: list[str], asker: Asker, wanted: set[str]) -> set[str]:
    """Which of these stand on their pages. Nobody is asked more than it takes."""
    door, left = Door(cast.house), set(wanted)
    for place in places:
        if not left:
            break
        reply = await door.ask("GET", place, b"", headers_of(asker, form=False))
        text = reply.body.decode("utf-8", "replace").casefold()
        left -= {mark for mark in left if mark in text}
    return wanted - left


def text_of(frames: list[dict[str, object]]) -> str:
    return str(frames).casefold()
