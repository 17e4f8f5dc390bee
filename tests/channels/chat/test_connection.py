"""What may wait for a connection: in order, within bounds, and only while the other end takes something."""

import asyncio
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

from channels.chat.answers import acknowledge
from channels.chat.closes import LAGGING, REVOKED, SIGNED_OUT
from channels.chat.connection import EVENTS, Connection
from channels.chat.hub import Hub
from channels.chat.inboxes import Inboxes
from channels.chat.streams import Reader, Stream
from messaging.conversations import Circle
from messaging.entrance.signing_in import SignedIn
from messaging.ids import PersonId, PracticeId, SignInId
from messaging.memory.record import Outcome, Verdict
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.people import Person, Role
from messaging.trust.access import Pass


class Wire:
    """The other end: takes what it is sent while `clear`."""

    def __init__(self) -> None:
        self.clear = True
        self.room = 1_000
        self.taken: list[str] = []
        self.ended: int | None = None

    def send_text(self, text: str) -> None:
        self.taken.append(text)
        self.room -= 1
        self.clear = self.room > 0

    def end(self, code: int, reason: str) -> None:
        assert reason
        self.ended = code

    def pause(self) -> None: ...

    def resume(self) -> None: ...


def connected(role: Role = Role.CLIENT) -> tuple[Connection, Wire]:
    wire, now = Wire(), datetime.now(UTC)
    practice, person = PracticeId(uuid4()), PersonId(uuid4())
    kept = StoredSignIn(practice, SignInId(uuid4()), person, SignInKind.BEARER, now, now, now)
    return Connection(SignedIn(Person(practice, person, role, "Ruth"), kept), wire), wire


def test_a_frame_goes_straight_to_who_takes_it() -> None:
    connection, wire = connected()
    connection.push("1")
    assert wire.taken == ["1"]


def test_what_waited_goes_first_and_in_order() -> None:
    connection, wire = connected()
    wire.clear = False
    connection.push("1")
    connection.push("2")
    wire.clear = True
    connection.push("3")  # the wire is free again, but has not said so yet
    assert wire.taken == []
    connection.flush()
    assert wire.taken == ["1", "2", "3"]


def test_more_than_may_wait_ends_the_connection_and_frees_what_waited() -> None:
    connection, wire = connected()
    wire.clear = False
    for number in range(EVENTS):
        connection.push(str(number))
    before = wire.ended
    connection.push("one too many")
    assert [before, wire.ended] == [None, LAGGING]
    wire.clear = True
    connection.flush()
    connection.push("after the end")
    assert wire.taken == []


def test_a_few_long_frames_are_too_much_as_well() -> None:
    connection, wire = connected()
    wire.clear = False
    for _ in range(20):
        connection.push("x" * 100_000)
    assert wire.ended == LAGGING


def test_who_takes_nothing_between_two_looks_is_lagging_and_who_takes_something_is_not() -> None:
    for takes in (True, False):
        connection, wire = connected()
        wire.clear = False
        for number in range(3):
            connection.push(str(number))
        connection.look()
        if takes:
            wire.clear, wire.room = True, 1
            connection.flush()
        connection.look()
        assert connection.closing == (None if takes else LAGGING)


def test_a_sign_in_that_ended_while_it_was_looked_up_gets_no_further() -> None:
    hub = Hub("here")
    ended, _ = connected()
    other, _ = connected()
    hub.hear(f"o {ended.signed_in.sign_in.id}")
    for connection in (ended, other):
        hub.arrive(connection)
    assert [ended.closing, other.closing] == [SIGNED_OUT, None]
    hub.hear(f"o {other.signed_in.sign_in.id}")
    assert other.closing == SIGNED_OUT


async def test_a_replay_waits_for_room_and_goes_on_when_the_connection_ends() -> None:
    connection, wire = connected()
    wire.clear = False
    for number in range(EVENTS // 2 + 1):
        connection.push(str(number))
    waiting = asyncio.ensure_future(connection.room())
    await asyncio.wait([waiting], timeout=0)
    assert not waiting.done()
    wire.clear = True
    connection.flush()
    await asyncio.wait_for(waiting, 5)
    connection.close(REVOKED)
    await asyncio.wait_for(connection.room(), 5)


def test_who_says_much_and_reads_little_is_closed_and_learns_of_its_words_when_it_comes_back() -> None:
    connection, wire = connected()
    other, other_wire = connected()
    reader = Reader(connection, cast(Pass, None), seen=0)
    stream = Stream(cast(Circle, None), 0, 0, {reader, Reader(other, cast(Pass, None), seen=0)})
    for number in range(1, EVENTS + 2):
        outcome = Outcome(Verdict.NEW, number)
        acknowledge(connection, stream, outcome, "said")
    assert len(reader.own) == EVENTS
    assert connection.closing is LAGGING
    assert wire.ended == LAGGING
    assert other_wire.ended is None


def test_a_practice_of_which_nobody_is_connected_any_more_is_forgotten() -> None:
    inboxes, (connection, _) = Inboxes(), connected(Role.THERAPIST)
    inboxes.arrive(connection)
    assert len(inboxes._practices) == 1
    inboxes.leave(connection)
    assert not inboxes._practices
