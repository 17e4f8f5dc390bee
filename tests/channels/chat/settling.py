"""The last word: when all faults are over, everybody is told all of it, and an old page is a new page."""

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from messaging.conversations import Conversation
from messaging.messages import Entry
from messaging.record.reading import entries_after
from messaging.trust.access import Deed, Pass, admit
from tests.channels.chat.nodes import VAIN, Node, World, until
from tests.channels.chat.page import LAGGING, REVOKED, Page, Shown

STEADY: Final = 4
"""Looks at the record without anything new, after which nothing is under way any more."""


class LastWord:
    """What the machine ends with, and says now and then."""

    world: ClassVar[World]
    patience: ClassVar[float] = VAIN
    nodes: list[Node]
    pages: list[Page]
    conversation: Conversation
    revoked: int | None
    """The last number that was committed when Tess was removed."""

    async def settled(self) -> None:
        """Lets everything go on, waits for what is owed, and compares."""
        self._forgive()
        await self.world.calm()
        gone = [page for page in self.pages if self.revoked is not None and page.name == "tess"]
        present = [page for page in self.pages if page not in gone]
        for i, page in enumerate(present):
            await self._return(page, self.nodes[i % 2])
        await self._all(present, lambda page: page.is_answered, "is answered")
        record = await self._last_record()
        await self._all(present, lambda page: page.seen >= len(record), f"is told up to {len(record)}")
        await self._all(gone, lambda page: not (page.is_connected and page.opened), "is let go")
        await self._compare(present, record)

    def _forgive(self) -> None:
        for node in self.nodes:
            node.gates.let_go()
            for gate in node.gates.all:
                gate.refuse = gate.lose = None
            node.hear_well()
        for page in self.pages:
            page.read(reading=True)

    async def _return(self, page: Page, node: Node) -> None:
        """A page comes back when it was let go, and opens again when it was refused."""
        assert page.code != LAGGING or page.was_slow, f"{page.name} read all the time and was called slow"
        assert page.code != REVOKED, f"{page.name} was called removed"
        for _ in range(5):
            if page.is_connected and page.opened:
                return
            if not page.is_connected or not page.is_opening:
                page.come(node)
            await self._all([page], lambda page: not page.is_opening or not page.is_connected, "opens")
        raise AssertionError(f"{page.name} cannot come back")

    async def _all(self, pages: Iterable[Page], holds: Callable[[Page], bool], what: str) -> None:
        for page in pages:

            def come_true(page: Page = page) -> bool:
                return holds(page)

            await until(come_true, f"{page.name} {what}", self.patience)

    async def _last_record(self) -> dict[int, Shown]:
        """What lines that are lost by now had said before is still done, one by one: until nothing is added any more."""
        record: dict[int, Shown] = {}
        same = 0
        while same < STEADY:
            for node in self.nodes:
                await node.store.writer.drain()
            await self.world.calm()
            before, record = record, await self._record()
            same = same + 1 if len(before) == len(record) else 0
        return record

    async def _record(self) -> dict[int, Shown]:
        held = self.admitted("mira", Deed.READ)
        found: list[Entry] = []
        while page := await entries_after(self.world.home.office, held, len(found)):
            found += page
        assert [entry.number for entry in found] == list(range(1, len(found) + 1)), "the record has a gap"
        assert len({(e.author, e.key) for e in found}) == len(found), "a key stands for two entries"
        return {e.number: (str(e.id), str(e.author), e.body.event or e.body.text) for e in found}

    async def _compare(self, present: list[Page], record: dict[int, Shown]) -> None:
        """Frames applied to an old page, to one that was never away, and to a new one, give what the record holds."""
        found = await self.world.home.office.memory.conversations.find(
            self.world.cast.practice.id, self.conversation.id
        )
        session = str(found.live.id) if found is not None and found.live is not None else None
        fresh = Page(self.world, "mira", self.conversation)
        fresh.come(self.nodes[1])
        await self._all([fresh], lambda page: page.seen >= len(record), "is complete at once")
        pages = [*present, fresh]
        await self._all(pages, lambda page: page.session == session, "sees the session")
        for page in pages:
            for number, asked in page.claimed.items():
                assert record[number][2] in asked, f"{number} was acknowledged for other words"
                page.entries[number] = record[number]
            differing = {n for n in {*record, *page.entries} if record.get(n) != page.entries.get(n)}
            assert not differing, [(n, page.entries.get(n), record.get(n)) for n in sorted(differing)]
        fresh.leave()

    def admitted(self, name: str, deed: Deed) -> Pass:
        """Somebody's pass."""
        return admit(self.world.cast[name], self.conversation, deed)
