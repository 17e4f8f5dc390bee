"""Signed heads by mail: the day's lines in one mail of fixed words, sent once; that they are not sent is told."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from channels.email.composing.heads import WORDS
from messaging.errors import Busy
from messaging.memory.trail import Heads
from messaging.office import Office
from messaging.practice.founding import NewPractice, found_practice
from messaging.trail.heads import heads_due
from messaging.trust.alarms import LOGGER
from messaging.trust.noted import Noted
from messaging.trust.signed_heads import head_of
from tests.cast import Cast
from tests.channels.email.world import FakeRelay
from tests.conftest import TestDatabase
from threads.trail.heads_file import HeadsFile
from web.commands.checking import checks
from web.house import house
from web.settings import BadSettings, read_settings
from web.state import House
from web.trail_heads import NotSent, Send, give_out, give_out_heads, giving_out_heads, sent_to

AUDITOR = "auditor@elsewhere.example"


class Stop(Exception):
    """The test has seen enough."""


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


@pytest.fixture
async def mailing(database: TestDatabase, relay: FakeRelay, tmp_path: Path) -> AsyncIterator[House]:
    settings = database.settings(
        QUIETLINE_RELAY_URL=f"smtp://127.0.0.1:{relay.port}", QUIETLINE_TRAIL_HEAD_TO=AUDITOR
    )
    async with house(settings, beside=True) as built:
        built.heads_mailed = HeadsFile(tmp_path / "mailed")
        yield built


@pytest.fixture(autouse=True)
async def noted(cast: Cast) -> None:
    """A trail without a line has no head."""
    mira, now = cast["mira"].id, cast.office.clock()
    await cast.office.memory.trail.note(cast.practice.id, now, mira, Noted.SIGNED_IN, None)


async def all_given_out(office: Office, kept: Heads, send: Send) -> int:
    """In as many mails as it takes: other tests have practices in this database, too."""
    sent = 0
    while given := await give_out(office, kept, send):
        sent += given
    return sent


def lines_of(raw: bytes) -> list[str]:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    (file,) = mail.iter_attachments()
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == WORDS.splitlines()
    assert mail["To"] == AUDITOR
    return str(file.get_content()).splitlines()


async def test_each_days_lines_are_sent_once_in_one_mail(
    mailing: House, cast: Cast, relay: FakeRelay
) -> None:
    send, kept = partial(sent_to, mailing, AUDITOR), mailing.heads_mailed
    assert kept is not None
    sent = await all_given_out(mailing.office, kept, send)
    assert sent >= 1
    assert await give_out(mailing.office, kept, send) == 0
    mails = len(relay.taken)
    assert all(AUDITOR in to[0] and cast.practice.name.encode() not in raw for to, raw in relay.taken)
    heads = [head_of(line) for _, raw in relay.taken for line in lines_of(raw)]
    assert len(heads) == sent
    assert cast.practice.id in {one.practice for one in heads}
    tomorrow = replace(mailing.office, clock=lambda: cast.office.clock() + timedelta(days=1))
    assert await all_given_out(tomorrow, kept, send) == sent
    assert len(relay.taken) == 2 * mails


async def test_very_many_go_in_several_mails(
    mailing: House, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, kept = partial(sent_to, mailing, AUDITOR), mailing.heads_mailed
    assert kept is not None
    due = len(await heads_due(mailing.office, kept.known()))
    monkeypatch.setattr("web.trail_heads.AT_ONCE", max(1, due - 1))
    assert await all_given_out(mailing.office, kept, send) == due
    told = [[head_of(line).practice for line in lines_of(raw)] for _, raw in relay.taken]
    assert [len(one) for one in told] == ([due - 1, 1] if due > 1 else [1])
    assert len({practice for one in told for practice in one}) == due


async def test_what_the_relay_does_not_take_rings_and_is_sent_later(
    mailing: House, relay: FakeRelay, caplog: pytest.LogCaptureFixture
) -> None:
    kept = mailing.heads_mailed
    assert kept is not None
    relay.answers["RCPT"] = ["550 5.1.1 no such person"]
    send = partial(sent_to, mailing, AUDITOR)
    with pytest.raises(NotSent):
        await give_out(mailing.office, kept, send)
    assert kept.known() == {}
    found = {one.name: one async for one in checks(mailing)}
    assert not found["signed heads by mail"].fine
    turns = iter([NotSent("x"), Busy(), Stop()])

    async def refused(_: object) -> None:
        raise next(turns)

    with caplog.at_level(logging.WARNING), pytest.raises(Stop):
        await give_out_heads(mailing.office, kept, every=0, send=refused)
    rung = [one.__dict__.get("what") for one in caplog.records if one.name == LOGGER]
    assert "signed heads not sent" in rung, "others are of trails that other tests have spoiled"
    assert AUDITOR not in caplog.text
    await found_practice(mailing.office, NewPractice(f"lineless-{uuid4().hex[:8]}", "No line yet", "UTC"))
    assert await all_given_out(mailing.office, kept, send) >= 1
    found = {one.name: one async for one in checks(mailing)}
    assert found["signed heads by mail"].fine


async def test_a_server_sends_them_while_it_runs(mailing: House, relay: FakeRelay) -> None:
    async with giving_out_heads(mailing):
        await relay.took.wait()
    assert "signed heads by mail" in mailing.keeper.names


def test_an_address_needs_a_relay_and_is_one() -> None:
    with pytest.raises(BadSettings, match="QUIETLINE_TRAIL_HEAD_TO: it goes by QUIETLINE_RELAY_URL"):
        read_settings({"QUIETLINE_TRAIL_HEAD_TO": AUDITOR})
    with pytest.raises(BadSettings, match="QUIETLINE_TRAIL_HEAD_TO"):
        read_settings({"QUIETLINE_TRAIL_HEAD_TO": "nobody", "QUIETLINE_RELAY_URL": "smtp://127.0.0.1:1"})
