"""A session is booked, moved and called off; each time a real SMTP server takes the mail a calendar would act on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar, Event

from channels.email.leaving.courier import Courier
from channels.email.terms import Relay
from messaging.conversations import Session
from messaging.memory.arriving import OriginalState
from messaging.messages import EventName
from messaging.office import Office
from messaging.record.reading import entries_after
from messaging.sessions.booking import book, cancel, move
from messaging.sessions.inviting import RESTS
from messaging.sessions.timekeeping import attend
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.leaving.test_invitations import raw_lines
from tests.channels.email.post import Post, open_post
from tests.channels.email.world import DOMAIN, FakeRelay


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    async with open_post(cast) as opened:
        yield opened


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    fake = await FakeRelay().start()
    yield fake
    await fake.stop()


class Diary:
    """A calendar as RFC 5546 wants it: by UID, the higher SEQUENCE wins, CANCEL takes away."""

    def __init__(self) -> None:
        self.events: dict[str, tuple[int, date]] = {}
        self.latest: dict[str, int] = {}

    def take(self, file: bytes) -> None:
        calendar = Calendar.from_ical(file)
        (event,) = calendar.walk("VEVENT")
        assert isinstance(event, Event)
        uid, sequence = str(event["UID"]), int(str(event["SEQUENCE"]))
        if sequence < self.latest.get(uid, 0):
            return
        self.latest[uid] = sequence
        self.events.pop(uid, None)
        if calendar["METHOD"] == "REQUEST":
            self.events[uid] = (sequence, event.start)


def files(mails: list[bytes]) -> list[bytes]:
    """The calendar part of each mail that has one."""
    found = []
    for raw in mails:
        for part in message_from_bytes(raw, policy=policy.default).walk():
            content = part.get_payload(decode=True)
            if part.get_content_type() == "text/calendar" and isinstance(content, bytes):
                found.append(content)
    return found


async def carry(office: Office, relay: FakeRelay) -> None:
    courier = Courier(office, Relay("127.0.0.1", relay.port))
    while await courier.send_due():
        pass
    await courier.close()


def past_undoing(cast: Cast) -> Office:
    return replace(cast.office, clock=lambda: cast.office.clock() + RESTS)


async def booked_for(cast: Cast, who: str) -> tuple[Session, datetime]:
    held, _ = await cast.enter("mira", who, Deed.HOLD_SESSION)
    starts = (cast.office.clock() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    return await book(cast.office, held, starts, 50), starts


async def test_a_diary_follows_a_session_through_all_its_changes(cast: Cast, relay: FakeRelay) -> None:
    session, starts = await booked_for(cast, "ruth")
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await carry(cast.office, relay)
    moved = await move(cast.office, held, session, starts + timedelta(hours=26), 80)
    await carry(cast.office, relay)
    assert len(relay.to(cast["ruth"].email)) == 1, "while it can be undone, nobody is told"
    await carry(past_undoing(cast), relay)
    mails = relay.to(cast["ruth"].email)
    diary = Diary()
    for file in files(mails):
        diary.take(file)
    assert list(diary.events.values()) == [(1, moved.starts)], "updated, not doubled"
    backwards = Diary()
    for file in reversed(files(mails)):
        backwards.take(file)
    assert backwards.events == diary.events, "whatever order they arrive in"
    await cancel(cast.office, held, session)
    await carry(past_undoing(cast), relay)
    last = files(relay.to(cast["ruth"].email))[-1]
    diary.take(last)
    assert diary.events == {}
    lines = raw_lines(last)
    assert (lines["METHOD"], lines["STATUS"], lines["SEQUENCE"]) == ("CANCEL", "CANCELLED", "2")


async def test_the_mail_has_one_reader_and_names_nobody(cast: Cast, relay: FakeRelay) -> None:
    await booked_for(cast, "ben")
    await carry(cast.office, relay)
    for one, other in (("ben", "tess"), ("tess", "ben")):
        (raw,) = relay.to(cast[one].email)
        message = message_from_bytes(raw, policy=policy.default)
        assert (message["To"], message["Subject"]) == (cast[one].email, "You have a new message")
        assert message["Auto-Submitted"] == "auto-generated"
        (file,) = files([raw])
        plain = raw + file
        assert (cast[other].email or "").encode() not in plain
        for name in (b"Tess", b"Ben", b"Mira", b"therap", b"session"):
            assert name.lower() not in plain.lower().replace(b"ben.practice", b"").replace(
                b"tess.practice", b""
            )
        assert raw_lines(file)["ATTENDEE"].endswith(f"mailto:{cast[one].email}")


async def test_a_mail_tried_again_is_the_same_mail(cast: Cast, relay: FakeRelay) -> None:
    session, _ = await booked_for(cast, "ruth")
    await asyncio.gather(*(attend(cast.office, cast.practice.id, session.id) for _ in range(3)))
    await carry(cast.office, relay)
    (raw,) = relay.to(cast["ruth"].email)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Message-ID"].startswith(f"<letter-{session.id}-{cast['ruth'].id.hex[:12]}-0-appointment@")


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED"])
async def test_a_yes_pressed_in_a_calendar_becomes_no_letter(
    post: Post, relay: FakeRelay, answer: str
) -> None:
    cast = post.cast
    session, starts = await booked_for(cast, "ruth")
    await carry(cast.office, relay)
    (raw,) = relay.to(cast["ruth"].email)
    reply_to = message_from_bytes(raw, policy=policy.default)["Reply-To"].addresses[0].addr_spec
    assert reply_to == await post.address("ruth")
    pressed = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{session.id}@{DOMAIN}\r\nDTSTART:{starts:%Y%m%dT%H%M%SZ}\r\nSUMMARY:Appointment\r\n"
        f"ATTENDEE;PARTSTAT={answer}:mailto:{cast['ruth'].email}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    letter = post.letter("ruth", pressed, Content_Type="text/calendar; method=REPLY; charset=utf-8")
    assert (await post.offer(letter, reply_to)).startswith("250")
    await post.read_all()
    assert await post.counts() == {OriginalState.EVENT: 1}
    held, circle = await cast.enter("mira", "ruth")
    events = [one.body.event for one in await entries_after(cast.office, held, 0)]
    assert events == [EventName.SESSION_BOOKED, EventName.AUTOMATIC_MAIL]
    assert circle.conversation.waiting_since is None, "nobody waits for an answer to it"


async def test_the_organiser_of_a_clients_appointment_is_an_address_that_is_read(
    post: Post, relay: FakeRelay
) -> None:
    await booked_for(post.cast, "ruth")
    await carry(post.cast.office, relay)
    (file,) = files(relay.to(post.cast["ruth"].email))
    organiser = raw_lines(file)["ORGANIZER"].rpartition("mailto:")[2]
    assert organiser == await post.address("ruth")
    assert (await post.offer(post.letter("ruth", "no"), organiser)).startswith("250")
    await post.read_all()
    assert await post.counts() == {OriginalState.DELIVERED: 1}


async def test_a_reminder_has_fixed_words_and_not_even_the_time(cast: Cast, relay: FakeRelay) -> None:
    session, starts = await booked_for(cast, "ruth")
    await carry(cast.office, relay)
    near = replace(cast.office, clock=lambda: starts - timedelta(hours=1))
    await attend(near, cast.practice.id, session.id)
    await carry(near, relay)
    reminder = relay.to(cast["ruth"].email)[-1]
    message = message_from_bytes(reminder, policy=policy.default)
    body = message.get_content()
    assert "A reminder: you have an appointment soon." in body
    assert f"{starts:%H:%M}" not in body
    assert files([reminder]) == []
    assert message["Auto-Submitted"] == "auto-generated"
