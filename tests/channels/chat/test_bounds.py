"""How much one connection may ask for: so many conversations at once, and opening one of them again is not one more."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from channels.chat import arrivals, protocol
from channels.chat.connection import Connection
from channels.chat.pacing import Pacing
from channels.chat.protocol import Protocol
from messaging.entrance.signing_in import who
from tests.cast import Cast

DEADLINE = 15.0


@dataclass
class Mouth:
    """A connection that is spoken to and listened to by hand."""

    heard: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    clear: bool = True
    paused: int = 0
    protocol: Protocol | None = None

    def send_text(self, text: str) -> None:
        self.heard.put_nowait(json.loads(text))

    def end(self, code: int, _reason: str) -> None:
        self.heard.put_nowait({"type": "closed", "code": code})

    def pause(self) -> None:
        self.paused += 1

    def resume(self) -> None:
        self.paused = 0

    def say(self, kind: str, **fields: object) -> None:
        assert self.protocol is not None
        self.protocol.take(json.dumps({"type": kind, **fields}, default=str))

    async def hears(self, *kinds: str) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE):
            while (frame := await self.heard.get())["type"] not in kinds:
                pass
        return frame

    async def asks_to_open(self, conversation: UUID) -> str:
        self.say("open", conversation=conversation)
        frame = await self.hears("opened", "refused")
        return str(frame.get("code", "opened"))


async def mouth_of(cast: Cast, name: str) -> Mouth:
    mouth = Mouth()
    connection = Connection(await who(cast.office, await cast.token(name)), mouth)
    mouth.protocol = Protocol(cast.house.hub, connection, Pacing(), time.monotonic)
    mouth.protocol.arrive()
    return mouth


async def test_one_more_than_may_be_followed_is_refused_and_closing_one_makes_room(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "OPEN_AT_ONCE", 2)
    mira = await mouth_of(cast, "mira")
    ruth, linden, ben = (cast.conversation(name) for name in ("ruth", "linden", "ben"))
    assert [await mira.asks_to_open(one) for one in (ruth, linden)] == ["opened", "opened"]
    assert await mira.asks_to_open(ben) == "malformed"
    assert await mira.asks_to_open(linden) == "opened"
    mira.say("close", conversation=ruth)
    assert await mira.asks_to_open(ben) == "opened"


async def test_what_comes_while_a_frame_is_in_hand_waits_outside_and_is_done_in_order(cast: Cast) -> None:
    mira = await mouth_of(cast, "mira")
    conversation = cast.conversation("ruth")
    mira.say("open", conversation=conversation)
    keys = [str(uuid4()) for _ in range(20)]
    for key in keys:
        mira.say("say", conversation=conversation, key=key, text="Is anybody there?")
    assert mira.paused
    await mira.hears("opened")
    assert [(await mira.hears("refused"))["key"] for _ in keys] == keys
    mira.say("ping")
    await mira.hears("pong")
    assert not mira.paused


async def test_one_person_has_so_many_connections_and_who_leaves_makes_room(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "MOST", 2)
    first, second, third = [await mouth_of(cast, "ruth") for _ in range(3)]
    assert (await third.hears("closed"))["code"] == 1013
    others = await mouth_of(cast, "mira")
    assert await others.asks_to_open(cast.conversation("ruth")) == "opened"
    for leaving in (third, first):
        assert leaving.protocol is not None
        leaving.protocol.gone()
        leaving.protocol.gone()
    fourth = await mouth_of(cast, "ruth")
    for allowed in (second, fourth):
        assert await allowed.asks_to_open(cast.conversation("ruth")) == "opened"
