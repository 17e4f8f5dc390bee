"""What no bell told of, without anybody noticing, is told all the same: a line, the end of a session, a removal."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from messaging.conversations import Conversation
from messaging.errors import Busy
from messaging.record.posting import say
from messaging.record.reading import enter
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed, Work, errand
from tests.channels.chat.nodes import Hearing, Node, World, until
from tests.channels.chat.page import REVOKED, Page
from threads.practice.conversations import Conversations


@pytest.fixture
def nodes(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Node, Node]]:
    """A, and B which hears nothing and does not know it."""
    monkeypatch.setattr("channels.chat.sweeping.EVERY", 0.01)
    monkeypatch.setattr("channels.chat.sweeping.AT_ONCE", 1)
    near, far = world.begin_node("near"), world.begin_node("far")
    far.hearing = Hearing.NOT
    yield near, far
    world.do(world.end_node(near, kindly=False))
    world.do(world.end_node(far, kindly=False))


async def _all_of_it(world: World, near: Node, far: Node, conversations: list[Conversation]) -> None:
    office, mira = near.house.office, world.cast["mira"]
    pages = [Page(world, "ben", one) for one in conversations]
    for page in pages:
        page.come(far, 0)
    await until(lambda: all(page.opened for page in pages), "Ben follows both")
    ours, gone = pages
    held, _ = await enter(office, mira, ours.conversation.id, Deed.HOLD_SESSION)
    session = await open_session(office, held)
    await until(lambda: ours.session is not None, "the session is live")
    held, _ = await enter(office, mira, ours.conversation.id, Deed.SAY)
    said = await say(office, held, uuid4(), "said while the other node was deaf")
    await until(lambda: ours.seen == said.number, "the line is told")
    held, _ = await enter(office, mira, ours.conversation.id, Deed.HOLD_SESSION)
    await end_session(office, held, session)
    await until(lambda: ours.session is None, "the session is over")
    founding = errand(gone.conversation.practice, gone.conversation.id, Work.FOUNDING)
    await office.memory.conversations.remove_member(founding, world.cast["ben"].id, office.clock())
    await until(lambda: gone.code == REVOKED, "Ben is let go")
    assert ours.code is None


def test_whatever_changed_is_found_by_looking(world: World, nodes: tuple[Node, Node]) -> None:
    world.do(_all_of_it(world, *nodes, [world.do(world.new_conversation()) for _ in range(2)]))


async def _after_a_refusal(world: World, near: Node, far: Node, conversation: Conversation) -> None:
    page = Page(world, "ben", conversation)
    page.come(far, 0)
    await until(lambda: page.opened, "Ben follows")
    held, _ = await enter(near.house.office, world.cast["mira"], conversation.id, Deed.HOLD_SESSION)
    await open_session(near.house.office, held)
    await until(lambda: page.seen == 1, "the event is told")


def test_what_could_not_be_looked_at_is_looked_at_again(
    world: World, nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    truly, refusals = Conversations.stands, 3

    async def away(self: Conversations, asked: object) -> object:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Busy
        return await truly(self, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(Conversations, "stands", away)
    world.do(_after_a_refusal(world, *nodes, world.do(world.new_conversation())))
    assert refusals < 0
