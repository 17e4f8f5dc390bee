"""What a node missed while the bell was away, it asks for: sign-ins, memberships, and inboxes."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from messaging.conversations import Conversation
from messaging.entrance.signing_in import who
from messaging.errors import Busy
from messaging.record.posting import say
from messaging.record.reading import enter
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.channels.chat.nodes import Hearing, Node, World, until
from tests.channels.chat.page import Page, Wire

SIGNED_OUT = 4401


class Inbox(Page):
    """A page that only listens."""

    def __init__(self, world: World, name: str, conversation: Conversation) -> None:
        super().__init__(world, name, conversation)
        self.heard: list[dict[str, Any]] = []

    def hear(self, _wire: Wire, text: str) -> None:
        """Keeps it."""
        self.heard.append(json.loads(text))

    async def arrive(self, node: Node) -> None:
        """Until the node knows it."""
        before = len(node.hub.connections)
        self.wire = Wire(node, self)
        await until(lambda: len(node.hub.connections) > before, f"{self.name} is there")

    def is_told_of(self, conversation: Conversation) -> bool:
        """By an inbox frame."""
        return any(f["type"] == "inbox" and f["conversation"] == str(conversation.id) for f in self.heard)


@pytest.fixture
def nodes(world: World) -> Iterator[tuple[Node, Node]]:
    """A, and B which does not hear the bell."""
    near, far = world.begin_node("near"), world.begin_node("far")
    far.hearing = Hearing.NOT
    yield near, far
    world.do(world.end_node(near, kindly=False))
    world.do(world.end_node(far, kindly=False))


async def _sign_out(world: World, node: Node, name: str) -> None:
    office = node.house.office
    signed_in = await who(office, world.tokens[name])
    await office.memory.sign_ins.end(signed_in.person.practice, signed_in.sign_in.id, office.clock())
    world.tokens[name] = await world.cast.token(name)


async def _told(world: World, near: Node, far: Node, conversation: Conversation) -> None:
    mira, tess, ben = (Inbox(world, name, conversation) for name in ("mira", "tess", "ben"))
    for page in (mira, tess, ben):
        await page.arrive(far)
    office = near.house.office
    held, _ = await enter(office, world.cast["mira"], conversation.id, Deed.HOLD_SESSION)
    await open_session(office, held)
    held, _ = await enter(office, world.cast["mira"], conversation.id, Deed.SAY)
    await say(office, held, uuid4(), "said while the other node was deaf")
    await _sign_out(world, near, "tess")
    await world.calm()
    assert not mira.is_told_of(conversation)
    assert tess.wire is not None
    assert tess.wire.code is None
    far.hear_well()
    await until(lambda: tess.wire is not None and tess.wire.code == SIGNED_OUT, "Tess is signed out")
    await until(lambda: mira.is_told_of(conversation), "Mira's inbox is told")
    assert ben.wire is not None
    assert ben.wire.code is None


def test_a_sign_out_and_an_entry_while_the_bell_was_away_are_asked_for(
    world: World, nodes: tuple[Node, Node]
) -> None:
    world.do(_told(world, *nodes, world.do(world.new_conversation())))


async def _asked_again(
    world: World, near: Node, far: Node, conversation: Conversation, patch: pytest.MonkeyPatch
) -> None:
    tess = Inbox(world, "tess", conversation)
    await tess.arrive(far)
    await _sign_out(world, near, "tess")
    truly, refusals = type(world.home.office.memory.sign_ins).standing, 2

    async def away(self: Any, asked: Any) -> Any:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Busy
        return await truly(self, asked)

    patch.setattr(type(world.home.office.memory.sign_ins), "standing", away)
    patch.setattr("channels.chat.gaps.RETRY", 0.001)
    far.hear_well()
    await until(lambda: tess.wire is not None and tess.wire.code == SIGNED_OUT, "Tess is signed out")


def test_a_gap_that_cannot_be_asked_about_yet_is_asked_about_later(
    world: World, nodes: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = world.do(world.new_conversation())
    world.do(_asked_again(world, *nodes, conversation, monkeypatch))


async def _missed_without_a_gap(world: World, near: Node, far: Node, conversation: Conversation) -> None:
    tess = Inbox(world, "tess", conversation)
    await tess.arrive(far)
    await _sign_out(world, near, "tess")
    await until(lambda: tess.wire is not None and tess.wire.code == SIGNED_OUT, "Tess is signed out")


def test_a_sign_out_that_no_bell_told_of_ends_the_connection_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.chat.gaps.EVERY", 0.01)
    near, far = world.begin_node("near"), world.begin_node("far")
    far.hearing = Hearing.NOT
    conversation = world.do(world.new_conversation())
    world.do(_missed_without_a_gap(world, near, far, conversation))
    world.do(world.end_node(near, kindly=False))
    world.do(world.end_node(far, kindly=False))
