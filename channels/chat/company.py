"""Which clinician of a conversation reads or writes in it now: told to its other clinicians, and kept nowhere.

A page that shows a conversation says so every few seconds while it is in sight, and other pages show that for a few seconds
more (`web/static/js/company.js`). So a closed laptop, a lost network and a node that died all end in silence, which nobody
has to notice. Here a sign only passes, to this node's connections and over the bell, as ids; each node asks the record anew
whose it is to know, and by which name.

    c node practice/conversation/person/doing ...
"""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from channels.chat import frames
from channels.chat.connection import Connection
from channels.chat.frames import Doing
from channels.chat.inboxes import Inboxes
from channels.chat.passing import PAYLOAD, Ring
from messaging.errors import NotFound, Refusal
from messaging.faults import located
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.keeping import Keep
from messaging.office import Office
from messaging.record.following import clinicians_beside

log = logging.getLogger(__name__)

WAITING: Final = 2_000
"""Signs on their way, of each direction; beyond that they are dropped: the page says it again in a few seconds."""


class Place(NamedTuple):
    """Who, and where."""

    practice: PracticeId
    conversation: ConversationId
    person: PersonId


@dataclass(slots=True)
class _Latest:
    """What is to be done next, of each place only what was said last."""

    signs: dict[Place, Doing] = field(default_factory=dict)  # bound: WAITING
    filled: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, place: Place, doing: Doing) -> None:
        """Takes it, if there is room."""
        if place in self.signs or len(self.signs) < WAITING:
            self.signs[place] = doing
            self.filled.set()

    async def take(self) -> dict[Place, Doing]:
        """All of them, once there are any."""
        await self.filled.wait()  # bound: until somebody says something
        self.filled.clear()
        taken, self.signs = self.signs, {}
        return taken


class Company:
    """Passes on who reads and who writes."""

    def __init__(self, node: str, inboxes: Inboxes) -> None:
        self._node = node
        self._inboxes = inboxes
        self._heard = _Latest()
        self._said = _Latest()

    async def run(self, office: Office, ring: Ring, keep: Keep) -> None:
        """Owns what goes on beside the frames, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("company heard", partial(self._tell_heard, office)))
            group.create_task(keep("company said", partial(self._ring_said, ring)))

    async def say(self, office: Office, connection: Connection, frame: frames.Company) -> None:
        """Somebody at this node says it. Raises NotFound for who does not care there, Busy."""
        place = Place(
            connection.signed_in.person.practice, ConversationId(frame.conversation), connection.person
        )
        if await self._tell(office, place, frame.doing):
            self._said.put(place, frame.doing)

    def heard(self, node: str, items: str) -> None:
        """Signs of another node."""
        if node == self._node:
            return
        for place, doing in _read(items):
            if self._inboxes.has(place.practice):
                self._heard.put(place, doing)

    async def _tell(self, office: Office, place: Place, doing: Doing) -> bool:
        """Whether there is anybody to know of it, here or elsewhere."""
        who, others = await clinicians_beside(office, *place)
        held = {"type": "company", "conversation": place.conversation, "person": who.id, "name": who.name}
        frame = frames.encode({**held, "doing": doing})
        for other in others:
            for connection in self._inboxes.of(other):
                connection.push(frame)
        return bool(others)

    async def _tell_heard(self, office: Office) -> None:
        while True:  # bound: until cancelled; each turn waits for a sign
            for place, doing in (await self._heard.take()).items():
                try:
                    await self._tell(office, place, doing)
                except NotFound:  # they belong to it no longer
                    continue
                except Refusal:
                    log.warning("signs of clinicians were not told")
                except Exception as fault:  # unforeseen, and of one of them
                    log.error("a sign of a clinician was not told", extra=located(fault))

    async def _ring_said(self, ring: Ring) -> None:
        while True:  # bound: until cancelled; each turn waits for a sign
            for payload in _payloads(self._node, await self._said.take()):
                try:
                    await ring(payload)
                except Refusal:
                    log.warning("signs of clinicians were not passed on")


def _payloads(node: str, signs: dict[Place, Doing]) -> Iterator[str]:
    """As few notifications as they fit."""
    payload = head = f"c {node}"
    for place, doing in signs.items():
        item = "/".join((*map(str, place), doing))
        if len(payload) + len(item) >= PAYLOAD:
            yield payload
            payload = head
        payload += f" {item}"
    yield payload


def _read(items: str) -> Iterator[tuple[Place, Doing]]:
    """The signs of a payload. What cannot be read is a newer node's."""
    for item in items.split():
        try:
            practice, conversation, person, doing = item.split("/")
            place = Place(
                PracticeId(UUID(practice)), ConversationId(UUID(conversation)), PersonId(UUID(person))
            )
            yield place, Doing(doing)
        except ValueError:
            continue
