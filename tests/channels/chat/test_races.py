"""Stories the machine once found, told with open cards: each was a defect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from messaging.conversations import Conversation
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed, Work, admit, errand
from tests.channels.chat.nodes import Hearing, Node, World, until
from tests.channels.chat.page import Page


@dataclass
class Room:
    """A live session over two nodes."""

    world: World
    one: Node
    other: Node
    conversation: Conversation

    def page(self, name: str, node: Node) -> Page:
        """Somebody's page, open."""
        page = Page(self.world, name, self.conversation)

        async def come() -> None:
            page.come(node)
            await until(lambda: page.opened and page.seen > 0, f"{name} is there")

        self.world.do(come())
        return page

    def page_that_is_looked_up(self, name: str, node: Node) -> Page:
        """Somebody comes, and what is known of the conversation grows old before they are in."""
        page = Page(self.world, name, self.conversation)
        node.gates.finding.keep()

        async def come() -> None:
            page.come(node)
            await until(lambda: node.gates.finding.kept > 0, f"{name} is looked up")

        self.world.do(come())
        return page

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """For something that must come."""
        self.world.do(until(holds, what))

    def end_session(self, node: Node) -> None:
        """Through this node."""
        office = node.house.office
        held = admit(self.world.cast["mira"], self.conversation, Deed.HOLD_SESSION)

        async def end() -> None:
            found = await office.memory.conversations.find(held.practice, held.conversation)
            assert found is not None
            assert found.live is not None
            await end_session(office, held, found.live)

        self.world.do(end())

    def calm(self) -> None:
        """Whatever can happen has happened."""
        self.world.do(self.world.calm())
        if self.world.faults:
            raise self.world.faults[0]

    def remove(self, page: Page) -> None:
        """They belong here no longer: what is committed from now on is not theirs."""
        page.last_allowed = max(self.world.committed[self.conversation.id])
        office = self.world.home.office
        self.world.do(
            office.memory.conversations.remove_member(
                errand(self.world.cast.practice.id, self.conversation.id, Work.FOUNDING),
                page.person,
                office.clock(),
            )
        )


@pytest.fixture
def room(world: World) -> Iterator[Room]:
    world.faults.clear()
    one, other = world.begin_node("one"), world.begin_node("other")
    made = Room(world, one, other, world.do(world.new_conversation()))
    held = admit(world.cast["mira"], made.conversation, Deed.HOLD_SESSION)
    world.do(open_session(one.house.office, held, beside=True))
    yield made
    made.calm()
    for node in (one, other):
        world.do(world.end_node(node, kindly=False))


def test_words_after_a_removal_are_not_read_along_with_those_before(room: Room) -> None:
    mira, tess = room.page("mira", room.one), room.page("tess", room.other)
    room.other.gates.reading.hold(done=False)
    mira.say(uuid4(), "Before.")
    room.calm()
    room.remove(tess)
    mira.say(uuid4(), "After.")
    room.calm()
    room.other.gates.let_go()
    room.calm()
    room.wait(lambda: not tess.is_connected, "the removed is let go")


def test_words_after_a_removal_are_not_read_while_its_bell_is_late(room: Room) -> None:
    mira, tess = room.page("mira", room.one), room.page("tess", room.other)
    room.other.hearing = Hearing.LATE
    mira.say(uuid4(), "Before.")
    room.calm()
    room.remove(tess)
    mira.say(uuid4(), "After.")
    room.calm()
    room.other.hub.hear(room.other.late.pop(0))
    room.calm()
    room.other.hear_well()
    room.calm()
    room.wait(lambda: not tess.is_connected, "the removed is let go")


@pytest.mark.parametrize("nodes", [1, 2])
def test_other_words_under_a_key_that_is_under_way_are_not_taken_for_the_first(
    room: Room, nodes: int
) -> None:
    phone = room.page("ben", room.one)
    laptop = room.page("ben", room.one if nodes == 1 else room.other)
    key = uuid4()
    room.one.gates.writing.hold(done=False)
    # Something goes before them, so that both wait for the same commit.
    phone.say(uuid4(), "Hm.")
    room.calm()
    for page, text in ((phone, "Yes."), (laptop, "No.")):
        page.say(key, text)
    room.calm()
    room.one.gates.let_go()
    room.wait(lambda: str(key) in phone.answers and str(key) in laptop.answers, "answers")
    assert [_answer(page, key) for page in (phone, laptop)] in (
        ["said", "key_reused"],
        ["key_reused", "said"],
    )


def _answer(page: Page, key: UUID) -> str:
    return page.answers[str(key)]


def test_who_opens_once_more_is_still_answered(room: Room) -> None:
    mira, ben = room.page("mira", room.one), room.page("ben", room.one)
    room.one.gates.reading.hold(done=False)
    ben.open(0)
    room.wait(lambda: ben.opened, "Ben opens")
    key = uuid4()
    ben.say(key, "Can you hear me?")
    room.calm()
    assert str(key) not in ben.answers
    ben.open(0)
    room.wait(lambda: ben.opened, "Ben opens")
    room.one.gates.let_go()
    room.wait(lambda: ben.seen == mira.seen == 2, "both have read it")
    assert _answer(ben, key) == "said"


def test_who_comes_while_a_session_ends_is_not_told_that_it_goes_on(room: Room) -> None:
    mira, ben = room.page("mira", room.one), room.page_that_is_looked_up("ben", room.one)
    room.end_session(room.other)
    room.wait(lambda: mira.seen == 2 and mira.session is None, "Mira knows of its end")
    room.one.gates.let_go()
    room.wait(lambda: ben.opened and ben.seen == 2, "Ben is there")
    room.calm()
    assert ben.session is None


def test_who_is_removed_while_they_come_is_not_let_in_by_an_old_look(room: Room) -> None:
    mira = room.page("mira", room.one)
    room.one.hearing = Hearing.NOT
    tess = room.page_that_is_looked_up("tess", room.one)
    room.remove(tess)
    mira.say(uuid4(), "Only us now.")
    room.wait(lambda: mira.seen == 2, "Mira is told")
    room.one.gates.let_go()
    room.wait(lambda: not tess.is_opening, "Tess is answered")
    mira.say(uuid4(), "Still only us.")
    room.wait(lambda: mira.seen == 3, "Mira is told")
    room.calm()
    assert not tess.opened


@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_comes_as_the_last_one_leaves_misses_nothing_said_in_between(room: Room, elsewhere: bool) -> None:
    mira = room.page("mira", room.one)
    speaker = room.page("tess", room.other) if elsewhere else mira
    ben = room.page_that_is_looked_up("ben", room.one)
    speaker.say(uuid4(), "Said in between.")
    room.wait(lambda: mira.seen == speaker.seen == 2, "it is told")
    mira.leave()
    room.wait(lambda: room.one.hub.stream_of(room.conversation.id) is None, "nobody follows it here")
    room.one.gates.let_go()
    room.wait(lambda: ben.opened and ben.seen == 2, "Ben is told as well")
