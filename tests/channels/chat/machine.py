"""Everything that can happen to those who talk, in any order, and what must hold whatever happens.

The hands of the machine: what people do (say, repeat, fall asleep, lose the line, come back, open once more), what the
practice does (sessions, a removal), what fate does (a node dies or restarts, the database is slow, away, or swallows an
answer, the bell is late, deaf, healed). The judge is `page`, at every frame; `settling` has the last word.
"""

from collections import Counter
from contextlib import suppress
from typing import ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from messaging.errors import Refusal
from messaging.sessions.holding import end_session, open_session, session_of
from messaging.trust.access import Deed, Work, errand
from tests.channels.chat.gates import AWAY, LOST
from tests.channels.chat.nodes import Hearing, Node
from tests.channels.chat.page import Page
from tests.channels.chat.settling import LastWord
from threads.tables.conversations import conversations

PEOPLE = ("mira", "mira", "ben", "ben", "tess", "tess")
"""Two pages each: of two devices, or two tabs."""
pages = st.integers(0, len(PEOPLE) - 1)
nodes = st.integers(0, 1)
keys = st.integers(0, 3)
words = st.sampled_from(["Yes.", "No.", "I slept."])


class Talk(LastWord, RuleBasedStateMachine):
    """One conversation over two nodes."""

    steps: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        """Both nodes are up, a session is live, everybody is there."""
        self.steps["examples"] += 1
        self.revoked: int | None = None
        self.since = 0
        self.world.faults.clear()
        self.nodes = [self.world.begin_node(name) for name in ("a", "b")]
        self.world.do(self._begin())

    async def _begin(self) -> None:
        self.conversation = await self.world.new_conversation()
        await self._session(self.nodes[0], live=True)
        self.pages = [Page(self.world, name, self.conversation) for name in PEOPLE]
        for i, page in enumerate(self.pages):
            page.come(self.nodes[i % 2])
        await self.world.calm()

    def teardown(self) -> None:
        """The last word, then all goes."""
        if not hasattr(self, "pages"):
            return
        try:
            if not self.world.faults:
                self.world.do(self.settled())
        finally:
            self.world.do(self._end())
        self.told()

    async def _end(self) -> None:
        for page in self.pages:
            page.leave()
        for node in self.nodes:
            await self.world.end_node(node, kindly=False)
        await self.world.calm()

    @invariant()
    def told(self) -> None:
        """Nothing was told that must not be: the pages judge each frame."""
        if self.world.faults:
            raise self.world.faults[0]

    def _step(self, name: str) -> None:
        self.steps[name] += 1
        self.since += 1
        self.world.do(self.world.calm())

    # ------------------------------------------------------------ what people do

    @rule(who=pages, key=keys, text=words, calm=st.booleans())
    def say(self, who: int, key: int, text: str, calm: bool) -> None:
        """A new key, a known one, or a known one with other words."""
        page = self.pages[who]
        if not page.is_connected:
            page.come(self.nodes[who % 2])
        page.say(UUID(int=(self.conversation.id.int & ~0xFF) | key), text)
        if calm:
            self._step("say")
        else:
            self.steps["say at once"] += 1

    @rule(who=st.sampled_from([0, 2, 4]), key=keys, first=words, second=words)
    def say_twice(self, who: int, key: int, first: str, second: str) -> None:
        """One person at two pages, one key, at once: the same words or others."""
        for page, text in ((self.pages[who], first), (self.pages[who + 1], second)):
            if page.is_connected:
                page.say(UUID(int=(self.conversation.id.int & ~0xFF) | key), text)
        self._step("say twice")

    @rule(who=pages, arrived=st.booleans())
    def cut(self, who: int, arrived: bool) -> None:
        """The line is lost; what was just sent has arrived at the server, or only half of it."""
        if arrived:
            self.world.do(self.world.calm())
        self.pages[who].leave()
        self._step("cut")

    @rule(who=pages, node=nodes)
    def come_back(self, who: int, node: int) -> None:
        """To the same node or the other."""
        self.pages[who].leave()
        self.pages[who].come(self.nodes[node])
        self._step("come back")

    @rule(who=pages, after=st.integers(0, 20))
    def open_again(self, who: int, after: int) -> None:
        """On the line there is, and from further back perhaps."""
        page = self.pages[who]
        if page.is_connected:
            page.open(min(after, page.seen))
            self._step("open again")

    @rule(who=pages, reading=st.booleans())
    def sleep_or_wake(self, who: int, reading: bool) -> None:
        """A tab falls asleep: its line stays, nobody reads."""
        self.pages[who].read(reading=reading)
        self._step("sleep or wake")

    @rule(who=pages, count=st.integers(6, 18))
    def flood(self, who: int, count: int) -> None:
        """More than the bounds of a sleeping page."""
        page = self.pages[who]
        if page.is_connected:
            for _ in range(count):
                page.say(self.world.cast.office.new_id(), "And another thing.")
            self._step("flood")

    @precondition(lambda self: not all(page.reading for page in self.pages))
    @rule()
    def lose_patience(self) -> None:
        """Whose other end has not taken a frame for long is let go."""
        for node in self.nodes:
            for _ in range(2):
                for one in list(node.hub.connections):
                    one.look()
        self._step("lose patience")

    # ------------------------------------------------------------ what the practice does

    @rule(node=nodes, live=st.booleans())
    def session(self, node: int, live: bool) -> None:
        """Begins or ends, through any node."""
        if self.nodes[node].gates.writing.is_open and self.nodes[node].gates.finding.is_open:
            self.world.do(self._session(self.nodes[node], live=live))
            self._step("session")

    async def _session(self, node: Node, *, live: bool) -> None:
        office = self.world.home.office
        found = await office.memory.conversations.find(self.world.cast.practice.id, self.conversation.id)
        assert found is not None
        with suppress(Refusal):
            held = self.admitted("mira", Deed.HOLD_SESSION)
            if live:
                await open_session(node.house.office, held, beside=True)
            elif found.live is not None:
                await end_session(node.house.office, held, await session_of(office, held, found.live.id))

    @precondition(lambda self: self.revoked is None)
    @rule()
    def revoke(self) -> None:
        """Tess belongs here no longer; the first words after that are not hers to read."""
        self.world.do(self._revoke())
        self._step("revoke")

    async def _revoke(self) -> None:
        await self.world.calm()
        office = self.world.home.office
        await office.memory.conversations.remove_member(
            errand(self.world.cast.practice.id, self.conversation.id, Work.FOUNDING),
            self.world.cast["tess"].id,
            office.clock(),
        )
        async with self.world.base.within(self.world.cast.practice.id) as connection:
            last = select(conversations.c.last_number).where(conversations.c.id == self.conversation.id)
            self.revoked = int((await connection.execute(last)).scalar_one())
        for page in self.pages:
            if page.name == "tess":
                page.last_allowed = self.revoked

    # ------------------------------------------------------------ what fate does

    @rule(node=nodes, kindly=st.booleans())
    def restart(self, node: int, kindly: bool) -> None:
        """A node stops or dies; another begins in its place, remembering nothing."""
        old = self.nodes[node]
        if not kindly:
            self._lose_lines(old)
        self.world.do(self.world.end_node(old, kindly=kindly))
        self._lose_lines(old)
        self.nodes[node] = self.world.begin_node("ab"[node])
        self._step("restart")

    def _lose_lines(self, node: Node) -> None:
        for page in self.pages:
            if page.is_connected and page.wire is not None and page.wire.node is node:
                page.leave()

    @rule(node=nodes, hearing=st.sampled_from(Hearing))
    def bell(self, node: int, hearing: Hearing) -> None:
        """Rings late, is not heard, or is heard again."""
        one = self.nodes[node]
        if hearing is Hearing.WELL:
            one.hear_well()
        elif one.hearing is Hearing.WELL:
            one.hearing = hearing
        self._step(f"bell heard {hearing}")

    @rule(node=nodes)
    def hear_one(self, node: int) -> None:
        """Of what rings late, the first is heard."""
        one = self.nodes[node]
        if one.late:
            one.hub.hear(one.late.pop(0))
            self._step("hear one")

    @rule(node=nodes, gate=st.integers(0, 2), done=st.booleans())
    def hold(self, node: int, gate: int, done: bool) -> None:
        """The database is slow, before or after it has done its work."""
        self.nodes[node].gates.all[gate].hold(done=done)
        self._step("hold")

    @rule(node=nodes, gate=st.integers(0, 1))
    def keep(self, node: int, gate: int) -> None:
        """One answer takes long, while others pass it."""
        self.nodes[node].gates.all[gate].keep()
        self.steps["keep"] += 1

    @rule(node=nodes)
    def let_go(self, node: int) -> None:
        """It is slow no longer."""
        self.nodes[node].gates.let_go()
        self._step("let go")

    @rule(node=nodes, lose=st.booleans())
    def lose_a_write(self, node: int, lose: bool) -> None:
        """The next batch meets a dead connection: nothing was written, or all was and nobody is told."""
        gate = self.nodes[node].gates.writing
        if lose:
            gate.lose = LOST
        else:
            gate.refuse = LOST
        self.steps["lose a write"] += 1

    @rule(node=nodes, gate=st.integers(0, 1))
    def refuse_a_read(self, node: int, gate: int) -> None:
        """The database is away for the next question."""
        self.nodes[node].gates.all[gate].refuse = AWAY
        self.steps["refuse a read"] += 1

    # ------------------------------------------------------------ the last word

    @precondition(lambda self: self.since > 8)
    @rule()
    def settle(self) -> None:
        """All faults are over: everybody sees all of it, and an old page is a new page."""
        self.since = 0
        self.world.do(self.settled())
        self._step("settle")
