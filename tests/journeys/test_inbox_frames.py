"""A clinician's connection is told of each change by the row itself, as `GET /inbox` shows it; and of nobody else's."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.record.amending import correct, withdraw
from messaging.record.posting import say
from messaging.sessions.booking import book
from messaging.sessions.holding import end_session, extend_session, open_session
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import Frame, Line, call, talking
from tests.web.pages.staff.test_files import held_letter

Change = Callable[[Cast], Awaitable[None]]


async def letter(cast: Cast, who: str = "ruth") -> None:
    held, circle = await cast.enter(who, "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), f"A letter of {who}."))


async def opened(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, held)


async def said(cast: Cast, text: str = "I am here") -> int:
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    return (await say(cast.office, held, uuid4(), text)).number


async def in_session(cast: Cast) -> None:
    await opened(cast)
    await said(cast)


async def longer(cast: Cast) -> None:
    await opened(cast)
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    await extend_session(cast.office, held, circle.conversation.live, 5, None)


async def ended(cast: Cast) -> None:
    await opened(cast)
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    assert circle.conversation.live is not None
    await end_session(cast.office, held, circle.conversation.live)


async def changed(cast: Cast) -> None:
    await opened(cast)
    number = await said(cast)
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    await correct(cast.office, held, uuid4(), number, "I am here now")


async def taken_back(cast: Cast) -> None:
    await opened(cast)
    number = await said(cast)
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    await withdraw(cast.office, held, uuid4(), number)


async def settled(cast: Cast) -> None:
    await letter(cast)
    held, _ = await cast.enter("mira", "ruth", Deed.SETTLE)
    await needs_no_answer(cast.office, held, uuid4())


async def booked(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await book(cast.office, held, cast.office.clock().replace(year=2030, month=1, day=7), 50)


async def answered(cast: Cast) -> None:
    await letter(cast)
    await letter(cast, "mira")


async def held_back(cast: Cast) -> None:
    await held_letter(cast, "From somewhere else.", "ruth")


CHANGES: dict[str, Change] = {
    "a letter": letter,
    "an answer": answered,
    "needs no answer": settled,
    "a session opens": opened,
    "live words": in_session,
    "more time": longer,
    "a session ends": ended,
    "corrected": changed,
    "withdrawn": taken_back,
    "booked": booked,
    "a letter is held": held_back,
}


def bare(row: Frame) -> Frame:
    """Without what differs by the moment of asking, or belongs to a frame alone."""
    kept = {name: value for name, value in row.items() if name not in ("type", "conversation")}
    session = kept.get("session")
    return kept | {"session": session and {n: v for n, v in session.items() if n != "server_time"}}


async def row_of(server: RunningServer, cast: Cast, who: str) -> Any:
    _, found = await call(server, await cast.token(who), "GET", "/inbox")
    here = str(cast.conversation("ruth"))
    return next(bare(one) for one in found["entries"] if one["id"] == here)


async def told(line: Line, wanted: Frame) -> Frame:
    """The frame that shows this row; on the way there may be those of changes in between."""
    while True:
        frame = await line.until("inbox")
        if bare(frame) == wanted:
            return frame


@pytest.mark.parametrize("what", CHANGES)
async def test_every_change_is_told_by_the_row_that_a_fresh_list_shows(
    server: RunningServer, cast: Cast, what: str
) -> None:
    async with (
        talking(server, await cast.token("mira")) as mira,
        talking(server, await cast.token("eli")) as eli,
        talking(server, await cast.token("ruth")) as ruth,
    ):
        for line in (mira, eli, ruth):
            await line.so_far()
        await CHANGES[what](cast)  # by another node: this process
        frame = await told(mira, await row_of(server, cast, "mira"))
        assert frame["conversation"] == frame["id"] == str(cast.conversation("ruth"))
        for line in (eli, ruth):  # a colleague in other care, and the client
            assert [one for one in await line.so_far() if one["type"] == "inbox"] == []


async def test_what_is_said_over_this_node_is_told_to_its_own_clinicians_each_with_their_own_count(
    server: RunningServer, cast: Cast
) -> None:
    await opened(cast)
    conversation = cast.conversation("ruth")
    async with (
        talking(server, await cast.token("mira")) as mira,
        talking(server, await cast.token("ruth")) as ruth,
    ):
        await mira.so_far()
        await ruth.open(conversation)
        for number in range(3):
            await ruth.say(conversation, f"Word {number}.")
        frame = await told(mira, await row_of(server, cast, "mira"))
        assert (frame["unread"], frame["last_message"]["text"]) == (3, "Word 2.")
        await mira.open(conversation)
        await mira.send("read", conversation=conversation, number=frame["last"])
        await mira.say(conversation, "I read you.")
        frame = await told(mira, await row_of(server, cast, "mira"))
        assert (frame["unread"], frame["last_message"]["text"]) == (0, "I read you.")


async def test_who_left_a_conversation_is_told_of_it_no_more(server: RunningServer, cast: Cast) -> None:
    async with talking(server, await cast.token("mira")) as mira:
        await mira.so_far()
        await letter(cast)
        await told(mira, await row_of(server, cast, "mira"))
        await cast.office.memory.conversations.remove_member(
            errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
            cast["mira"].id,
            cast.office.clock(),
        )
        await letter(cast)
        held, circle = await cast.enter("linden", "linden", Deed.WRITE)
        await write_letter(cast.office, held, circle, Letter(uuid4(), "Another one."))
        frame = await mira.until("inbox")
        assert frame["id"] == str(cast.conversation("linden"))
