"""One page of one person, as a browser would keep it: a dict of entries, a session, and words not yet answered.

It is the judge of what it is sent: each number once per open, in order, without a gap, committed, and still meant for it.
"""

import json
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.chat.closes import RESTARTING
from channels.chat.connection import Connection
from channels.chat.protocol import Protocol
from messaging.conversations import Conversation
from messaging.entrance.signing_in import who
from messaging.ids import PersonId
from tests.channels.chat.nodes import Node, World

LAGGING = 4408
REVOKED = 4403
Shown = tuple[str, str | None, str]
"""An entry as it is shown: its id, its author, and its words or its event."""


class Wire:
    """One WebSocket to a node, as `channels.chat.connection.Wire` asks for one. What the page does not read waits here."""

    def __init__(self, node: Node, page: "Page") -> None:
        self.node = node
        self._page = page
        self._under_way: deque[str] = deque()
        self._early: list[str] = []
        self._protocol: Protocol | None = None
        self._over = False
        self.clear = True
        self.cut = False
        self.code: int | None = None
        self.opens: deque[int] = deque()
        self.asked: dict[str, list[str]] = {}
        self.answered: Counter[str] = Counter()
        self.was_slow = not page.reading
        node.lines.append(page.world.loop.create_task(self._arrive(page.world.tokens[page.name])))

    async def _arrive(self, token: str) -> None:
        """As `web.http.live` does."""
        connection = Connection(await who(self.node.house.office, token), self)
        if self.cut:
            return
        self._protocol = Protocol(self.node.hub, connection, self.node.house.pacing, time.monotonic)
        self._protocol.arrive()
        if self.node.house.draining:
            connection.close(RESTARTING)
        early, self._early = self._early, []
        for text in early:
            self._protocol.take(text)

    def tell(self, kind: str, **fields: object) -> None:
        """A frame to the server."""
        text = json.dumps({"type": kind, **fields}, default=str)
        if self._protocol is None:
            self._early.append(text)
        elif not self._over:
            # Not at once: the network is between.
            self._page.world.loop.call_soon(self._protocol.take, text)

    def lose(self) -> None:
        """The network goes: what is under way to the page, and the half of a frame, is lost."""
        self.cut = True
        self._under_way.clear()
        self._say_gone()

    def look(self) -> None:
        """The page reads, if it does, and the server may go on."""
        while self._under_way and self._page.reading:
            try:
                self._page.hear(self, self._under_way.popleft())
            except AssertionError as fault:  # raised to the machine: here, it would look like the server's
                self._page.world.faults.append(fault)
        before, self.clear = self.clear, self._page.reading
        if self.clear and not before and self._protocol is not None:
            self._protocol.flush()

    # ------------------------------------------------------------ for the server

    def send_text(self, text: str) -> None:
        """One frame; one that nobody reads is still on its way."""
        if not self._over:
            self._under_way.append(text)
            self.look()

    def end(self, code: int, _reason: str) -> None:
        """The server says goodbye."""
        self.code = code
        self._page.world.loop.call_soon(self._say_gone)

    def pause(self) -> None:
        """Nothing more comes: what was sent waits, which here changes nothing."""

    def resume(self) -> None:
        """As above."""

    def _say_gone(self) -> None:
        if not self._over and self._protocol is not None:
            self._over = True
            self._protocol.gone()


@dataclass
class Page:
    """What a person sees of one conversation."""

    world: World
    name: str
    conversation: Conversation
    reading: bool = True
    entries: dict[int, Shown] = field(default_factory=dict)
    seen: int = 0
    session: str | None = None
    following: bool = False
    """Opened on this line; frames of an earlier open may still be under way when it asks once more."""
    wire: Wire | None = None
    last_allowed: int | None = None
    """The last number that was committed when this person was removed."""
    claimed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Of its own entries that were only acknowledged: the words it had asked with. The record tells which."""

    answers: dict[str, str] = field(default_factory=dict)
    """What became of what was asked, by key: `said`, or the code of the refusal."""

    @property
    def person(self) -> PersonId:
        """Whose it is."""
        return self.world.cast[self.name].id

    @property
    def is_connected(self) -> bool:
        """As far as the page knows."""
        return self.wire is not None and self.wire.code is None

    @property
    def opened(self) -> bool:
        """All it asked to open is open."""
        return self.following and self.wire is not None and not self.wire.opens

    @property
    def is_opening(self) -> bool:
        """It has asked, and was not answered yet."""
        return self.wire is not None and bool(self.wire.opens)

    @property
    def is_answered(self) -> bool:
        """All it said over this line was said or refused; one answer is enough for the same words under the same key."""
        wire = self.wire
        return wire is not None and all(wire.answered[k] >= len(set(said)) for k, said in wire.asked.items())

    @property
    def code(self) -> int | None:
        """With which the server closed its line."""
        return self.wire.code if self.wire is not None else None

    @property
    def was_slow(self) -> bool:
        """It did not read all the time."""
        return self.wire is not None and self.wire.was_slow

    def come(self, node: Node, after: int | None = None) -> None:
        """Connects, and opens from where it was."""
        self.following = False
        self.wire = Wire(node, self)
        self.open(self.seen if after is None else after)

    def open(self, after: int) -> None:
        """Opens, once more perhaps, on the line there is."""
        assert self.wire is not None
        self.wire.opens.append(after)
        self.wire.tell("open", conversation=self.conversation.id, after=after)

    def say(self, key: UUID, text: str) -> None:
        """Words under a key of one's own."""
        assert self.wire is not None
        self.wire.asked.setdefault(str(key), []).append(text)
        self.wire.tell("say", conversation=self.conversation.id, key=key, text=text)

    def read(self, *, reading: bool) -> None:
        """Reads on, or falls asleep with the line open."""
        self.reading = reading
        if self.wire is not None:
            self.wire.was_slow |= not reading
            self.wire.look()

    def leave(self) -> None:
        """The line is lost."""
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.lose()

    # ------------------------------------------------------------ hearing

    def hear(self, wire: Wire, text: str) -> None:
        """One frame, judged and applied."""
        if wire is not self.wire:
            return
        frame = json.loads(text)
        match frame["type"]:
            case "opened":
                self.seen = min(wire.opens.popleft(), frame["last"])
                self.session = _session(frame["session"])
                self.following = True
            case "message" | "event":
                self._next(frame)
                body = frame["text"] if frame["type"] == "message" else frame["event"]
                self._show(frame["number"], (frame["id"], frame["author"]["id"], body))
            case "said":
                self._said(wire, frame)
            case "session":
                self.session = _session(frame["session"])
            case "refused" if "key" in frame:
                wire.answered[frame["key"]] += 1
                self.answers[frame["key"]] = frame["code"]
            case "refused":
                assert frame["code"] in ("not_found", "busy"), frame
                wire.opens.popleft()
                self.following = False
            case _:
                pass

    def _next(self, frame: dict[str, Any]) -> None:
        number = frame["number"]
        assert number == self.seen + 1, f"{self.name} saw {self.seen} and was told {number}"
        self._judge(number, frame)
        self.seen = number

    def _judge(self, number: int, frame: dict[str, Any]) -> None:
        kept = self.world.committed.get(self.conversation.id, {}).get(number)
        assert kept is not None, f"{number} was told and is not committed"
        assert str(kept[0]) == frame["id"], f"{number} was told as another entry"
        allowed = self.last_allowed
        assert allowed is None or number <= allowed, f"{self.name} was told {number} after their removal"

    def _said(self, wire: Wire, frame: dict[str, Any]) -> None:
        number, key = frame["number"], frame["key"]
        assert key in wire.asked, "an answer to what nobody asked here"
        wire.answered[key] += 1
        self.answers[key] = "said"
        kept = self.world.committed.get(self.conversation.id, {}).get(number)
        assert kept is not None, f"{number} was acknowledged and is not committed"
        assert str(kept[1]) == key, f"{key} was acknowledged under a foreign number"
        if not self.following or number <= self.seen:
            return
        self._next(frame)
        asked = tuple(wire.asked[key])
        self.claimed[number] = asked
        self._show(number, (frame["id"], str(self.person), asked[-1]))

    def _show(self, number: int, shown: Shown) -> None:
        assert self.entries.setdefault(number, shown)[0] == shown[0], f"{number} has changed"
        self.entries[number] = shown


def _session(session: dict[str, Any] | None) -> str | None:
    return session["id"] if session is not None and session["state"] == "live" else None
