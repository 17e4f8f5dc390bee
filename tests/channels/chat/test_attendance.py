"""A screen that was left behind is shown out at its socket too; who is at work there, or in a live session, is not."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from channels.chat import frames
from channels.chat.attendance import attend
from channels.chat.closes import SIGNED_OUT
from channels.chat.connection import Connection
from channels.chat.pacing import Pacing
from channels.chat.protocol import Protocol
from messaging.entrance.being_there import IDLE, TOUCH
from messaging.entrance.own_ways import sign_ins_of
from messaging.entrance.signing_in import SignedIn, begin, who
from messaging.errors import Busy, NotSignedIn
from messaging.memory.sign_ins import SignInKind
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.chat.test_connection import Wire
from tests.web.phone import phone_in

STAFF, CLIENT = IDLE[True], IDLE[False]
A_LITTLE = timedelta(seconds=1)


class Screen:
    """A browser with a page open: its cookie, and its socket."""

    def __init__(self, cast: Cast, token: str, signed_in: SignedIn) -> None:
        self.cast, self.token, self.wire = cast, token, Wire()
        self.connection = Connection(signed_in, self.wire)
        self.hub: Any = SimpleNamespace(
            office=cast.office,
            stream_of=lambda _: None,
            depart=lambda _: None,
            spawn=lambda work: work.close(),
        )

    @classmethod
    async def of(cls, cast: Cast, name: str) -> "Screen":
        person = cast[name]
        made = await begin(cast.office, person.practice, person.id, SignInKind.COOKIE, timedelta(hours=12))
        return cls(cast, made.text, await who(cast.office, made.text))

    def takes(self, frame: str) -> None:
        """A frame comes from the browser."""
        Protocol(self.hub, self.connection, Pacing(), lambda: 0.0).take(frame)

    async def look(self, *, live: bool = False) -> int | None:
        """With what it was closed, if it was."""
        here = {self.connection}
        await attend(self.cast.office, lambda: here, lambda: here if live else set())
        return self.wire.ended


def says(kind: str) -> str:
    about = '"conversation":"00000000-0000-4000-8000-000000000000"'
    more = {
        "say": ',"key":"00000000-0000-4000-8000-000000000001","text":"Yes."',
        "correct": ',"key":"00000000-0000-4000-8000-000000000001","number":1,"text":"Yes."',
        "withdraw": ',"key":"00000000-0000-4000-8000-000000000001","number":1',
        "sign": ',"word":"thinking"',
        "company": ',"doing":"writing"',
        "open": ',"after":0',
        "read": ',"number":1',
    }
    return f'{{"type":"{kind}",{about}{more.get(kind, "")}}}'


KINDS = {
    "say": 1,
    "correct": 1,
    "withdraw": 1,
    "typing": 1,
    "sign": 1,
    "open": 0,
    "read": 0,
    "close": 0,
    "company": 0,
    "ping": 0,
    "here": 0,
}


def test_of_every_frame_it_is_said_whether_somebody_does_it() -> None:
    assert KINDS.keys() == set(frames._TYPES)
    assert {one.__struct_config__.tag for one in frames.ACTS} == {
        name for name, acts in KINDS.items() if acts
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_words_and_typing_keep_a_screen_and_what_a_page_does_by_itself_does_not(
    cast: Cast, kind: str
) -> None:
    phone = phone_in(cast)
    screen = await Screen.of(cast, "mira")
    for _ in range(3):
        phone.now += STAFF - TOUCH
        screen.takes(says(kind))
        if not KINDS[kind]:
            break
        assert await screen.look() is None
    phone.now += TOUCH + A_LITTLE
    assert await screen.look() == (None if KINDS[kind] else SIGNED_OUT)
    if KINDS[kind]:
        await who(cast.office, screen.token, acts=False)  # its pages are open too
        return
    with pytest.raises(NotSignedIn):
        await who(cast.office, screen.token)


async def test_who_is_in_a_live_session_is_there_without_a_word(cast: Cast) -> None:
    phone = phone_in(cast)
    screen = await Screen.of(cast, "mira")
    for _ in range(4):
        phone.now += STAFF - TOUCH
        assert await screen.look(live=True) is None
    await who(cast.office, screen.token, acts=False)
    phone.now += STAFF + TOUCH
    assert await screen.look() == SIGNED_OUT


async def test_who_works_on_another_page_is_there_at_every_socket(cast: Cast) -> None:
    phone = phone_in(cast)
    screen = await Screen.of(cast, "mira")
    phone.now += STAFF - TOUCH
    await who(cast.office, screen.token)
    phone.now += STAFF - TOUCH
    assert await screen.look() is None
    phone.now += TOUCH + A_LITTLE
    assert await screen.look() == SIGNED_OUT


async def test_clients_write_for_longer_and_programs_are_never_idle(cast: Cast) -> None:
    phone = phone_in(cast)
    client, program = await Screen.of(cast, "ruth"), await cast.token("mira")  # for an hour
    phone.now += STAFF + TOUCH
    assert await client.look() is None
    await who(cast.office, program)
    assert [
        one.id for one in await sign_ins_of(cast.office, await who(cast.office, client.token, acts=False))
    ]
    phone.now += CLIENT - STAFF
    assert await client.look() == SIGNED_OUT


async def test_memory_away_shows_nobody_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> dict[object, datetime]:
        raise Busy

    phone = phone_in(cast)
    screen = await Screen.of(cast, "mira")
    phone.now += STAFF + TOUCH
    monkeypatch.setattr(type(cast.office.memory.sign_ins), "seen", away)
    assert await screen.look() is None


async def test_the_hub_knows_who_follows_a_live_session(cast: Cast) -> None:
    hub = cast.house.hub
    screen = await Screen.of(cast, "mira")
    hub.arrive(screen.connection)
    try:
        await hub.open(screen.connection, cast.conversation("ruth"), 0)
        assert hub._in_session() == set()
        held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
        await open_session(cast.office, held)
        other = await Screen.of(cast, "mira")
        await hub.open(other.connection, cast.conversation("ruth"), 0)
        assert other.connection in hub._in_session()
    finally:
        hub.depart(screen.connection)
