"""Owed mail over a relay that refuses, delays and dies: at most once, to the right person, and the truth is kept."""

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from channels.email.leaving.courier import Courier
from channels.email.leaving.reach import Reach
from channels.email.running import run_courier
from channels.email.terms import Relay
from messaging.facts import as_texts
from messaging.leaving.delivering import SCHEDULE, begin, begun, claim, deliveries
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.memory.leaving import MailState
from messaging.messages import EventName
from messaging.office import Office
from messaging.people import EmailMode
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay, StartTlsRelay, self_signed

CANARY = "The lake was frozen."


async def write(cast: Cast, conversation: str, text: str = CANARY) -> int:
    """Dr Mira writes a letter; its number."""
    admitted, circle = await cast.enter("mira", conversation, Deed.WRITE)
    return (await write_letter(cast.office, admitted, circle, Letter(uuid4(), text))).number


async def state(cast: Cast, conversation: str, number: int) -> MailState:
    """The delivery truth of a letter."""
    found = await deliveries(
        cast.office, errand(cast.practice.id, cast.conversation(conversation), Work.LEAVING), [number]
    )
    ((one,)) = found[number]
    return one.state


def later(office: Office, cast: Cast, seconds: float) -> Office:
    """The same office, some time later."""
    return replace(office, clock=lambda: cast.office.clock() + timedelta(seconds=seconds))


class AsIfThere(Reach):
    """Whatever happened, the next letter is tried at once."""

    away = False

    def may_try(self, who: object) -> bool:
        return True


async def send(office: Office, relay: FakeRelay, patience: float = 5) -> None:
    """A courier sends until nothing is due. `patience` in seconds, with a relay that does not answer."""
    to = Relay("127.0.0.1", relay.port, timeout=patience, final_timeout=patience)
    courier = Courier(office, to, reach=AsIfThere())
    while await courier.send_due():
        pass
    await courier.close()


@pytest.mark.parametrize(
    ("dies", "expected", "copies"),
    [
        ("mail", MailState.OWED, 0),
        ("rcpt", MailState.OWED, 0),
        ("dot", MailState.IN_DOUBT, 1),
        ("kept", MailState.SENT, 1),
    ],
)
async def test_a_letter_goes_at_most_once_wherever_the_relay_dies(
    cast: Cast, relay: FakeRelay, dies: str, expected: MailState, copies: int
) -> None:
    number = await write(cast, "ruth")
    relay.dies = dies
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is expected
    assert len(relay.to(cast["ruth"].email)) == copies
    relay.dies = None
    await send(later(cast.office, cast, 3600), relay)
    assert len(relay.to(cast["ruth"].email)) == 1
    assert await state(cast, "ruth", number) is (expected if copies else MailState.SENT)


@pytest.mark.parametrize("dies", ["data", "half"])
async def test_a_relay_that_dies_during_data_leaves_no_silence(
    cast: Cast, relay: FakeRelay, dies: str
) -> None:
    number = await write(cast, "ruth", CANARY * 9_000)
    relay.dies = dies
    await send(cast.office, relay)
    # Whether the dot had left before the connection was seen to be dead is the network's secret.
    assert await state(cast, "ruth", number) in {MailState.OWED, MailState.IN_DOUBT}
    assert relay.to(cast["ruth"].email) == []


async def test_a_notice_in_doubt_goes_again_byte_for_byte_and_says_nothing(
    cast: Cast, relay: FakeRelay
) -> None:
    number = await write(cast, "linden")
    relay.dies = "dot"
    await send(cast.office, relay)
    relay.dies = None
    await send(later(cast.office, cast, 3600), relay)
    assert await state(cast, "linden", number) is MailState.SENT
    one, other = relay.to(cast["linden"].email)
    assert one == other
    for word in (CANARY, "Mira", "frozen"):
        assert word.encode() not in one


async def test_a_crash_while_sending_leaves_a_doubt_for_letters_and_none_for_notices(
    cast: Cast, relay: FakeRelay
) -> None:
    letter, notice = await write(cast, "ruth"), await write(cast, "linden")
    mine = {cast.conversation("ruth"), cast.conversation("linden")}
    for one in await claim(cast.office, 1000):
        if one.stored.conversation in mine:
            wanted = begun(cast.office, one)
            assert await begin(cast.office, one, wanted)
            assert await begin(cast.office, one, wanted)  # asked again, its answer was lost
            assert not await begin(
                cast.office, one, begun(cast.office, one)
            )  # nobody else may send it meanwhile
    await send(later(cast.office, cast, 3600), relay)
    assert await state(cast, "ruth", letter) is MailState.IN_DOUBT
    assert await state(cast, "linden", notice) is MailState.SENT
    assert relay.to(cast["ruth"].email) == []


async def test_4xx_comes_again_and_5xx_is_told(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    relay.answers = {"RCPT": ["450 later"] * 1000}
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.OWED
    relay.answers = {"DOT": ["451 later"] * 1000}
    await send(later(cast.office, cast, 90), relay)
    assert await state(cast, "ruth", number) is MailState.OWED
    await send(later(cast.office, cast, 120), relay)  # not before its time
    relay.answers = {"RCPT": ["550 no such person"] * 1000}
    await send(later(cast.office, cast, 3600), relay)
    assert await state(cast, "ruth", number) is MailState.FAILED
    admitted, _ = await cast.enter("mira", "ruth")
    last = (await cast.office.memory.threads.after(admitted, 1, 10))[-1]
    assert last.number == 2
    relay.answers = {}
    await send(later(cast.office, cast, 90_000), relay)
    assert relay.to(cast["ruth"].email) == []


async def test_after_two_days_it_is_given_up(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    # Hers alone: a domain whose every mail is refused is slowed down, and what other tests left is many mails.
    ruth = cast["ruth"].email
    relay.told = lambda verb, to: "450 later" if (verb, to) == ("RCPT", ruth) else None
    for days in range(3, 4 + len(SCHEDULE)):
        assert await state(cast, "ruth", number) is MailState.OWED
        await send(later(cast.office, cast, days * 86_400), relay)
    assert await state(cast, "ruth", number) is MailState.FAILED


async def test_days_in_which_the_relay_was_away_are_not_given_up(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    for code, days in (("CONNECT", 1), ("MAIL", 3), ("RCPT", 5)):
        relay.answers = {code: ["421 closing"] * 1000}
        await send(later(cast.office, cast, days * 86_400), relay)
    assert await state(cast, "ruth", number) is MailState.OWED
    # Hers alone: what other tests left is tried in the same breath.
    ruth, once = cast["ruth"].email, ["450 later"]
    relay.answers = {}
    relay.told = lambda verb, to: once.pop() if (verb, to) == ("RCPT", ruth) and once else None
    await send(later(cast.office, cast, 7 * 86_400), relay)
    assert await state(cast, "ruth", number) is MailState.OWED, "it has only now been tried"
    await send(later(cast.office, cast, 7 * 86_400 + SCHEDULE[0] + 1), relay)
    assert await state(cast, "ruth", number) is MailState.SENT


async def test_who_no_longer_wants_words_by_mail_gets_none(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    await cast.office.memory.people.set_email_mode(cast.practice.id, cast["ruth"].id, EmailMode.NOTICE)
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.STOPPED
    assert relay.to(cast["ruth"].email) == []


async def test_who_has_left_gets_no_mail(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "linden")
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("linden"), Work.FOUNDING),
        cast["linden"].id,
        cast.office.clock(),
    )
    await send(cast.office, relay)
    assert await state(cast, "linden", number) is MailState.STOPPED
    assert relay.to(cast["linden"].email) == []


async def test_answers_go_to_the_record_and_never_where_a_letter_points(post: Post, relay: FakeRelay) -> None:
    hostile = {
        "Reply_To": "<evil@evil.example>",
        "Cc": "<evil@evil.example>",
        "Message_ID": "<h@mail.example>",
    }
    await post.offer(post.letter("ruth", **hostile), await post.address("ruth"))
    await post.read_all()
    assert len(await post.entries("ruth")) == 1
    await send(post.cast.office, relay)  # the receipt, which an answer would make untrue
    await write(post.cast, "ruth")
    await send(post.cast.office, relay)
    receipt, sent = relay.to(post.cast["ruth"].email)
    assert b"evil" not in receipt + sent
    assert "DATA" in relay.heard
    assert all(len(recipients) == 1 for recipients, _ in relay.taken)


async def test_a_bounce_lands_on_the_letter_it_carried(post: Post, relay: FakeRelay) -> None:
    cast = post.cast
    number = await write(cast, "ruth")
    senders: list[str] = []
    for one in await claim(cast.office, 1000):
        if one.stored.conversation == cast.conversation("ruth") and one.mail is not None:
            senders.append(one.mail.sender)
    (sender,) = senders
    await send(later(cast.office, cast, 3600), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    report = "\r\n".join(
        (
            "From: MAILER-DAEMON@mx.example",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            "",
            "--b\r\n\r\nSorry.",
            "--b\r\nContent-Type: message/delivery-status\r\n",
            "Reporting-MTA: dns; mx.example\r\n",
            "Final-Recipient: rfc822; x@mail.example\r\nAction: {action}\r\nStatus: {status}\r\n",
            "--b--\r\n",
        )
    )
    delayed, failed = (
        report.format(action=a, status=s).encode() for a, s in (("delayed", "4.4.1"), ("failed", "5.1.1"))
    )
    forged = sender.replace(sender[5], "a" if sender[5] != "a" else "b")
    assert (await post.offer(failed, forged, "")).startswith("550")
    assert (await post.offer(delayed, sender, "")).startswith("250")
    await post.read_all()
    assert await state(cast, "ruth", number) is MailState.SENT
    for _ in range(2):
        assert (await post.offer(failed, sender, "")).startswith("250")
        await post.read_all()
    assert await state(cast, "ruth", number) is MailState.FAILED
    assert await post.counts() == {OriginalState.EVENT: 2, OriginalState.DUPLICATE: 1}
    letter, event = await post.entries("ruth")
    assert (event.body.event, as_texts(event.body.facts)["number"]) == (
        EventName.MAIL_FAILED,
        str(letter.number),
    )
    assert "does not exist" in as_texts(event.body.facts)["cause"]


async def test_words_do_not_travel_in_clear_where_encryption_was_demanded(
    cast: Cast, relay: FakeRelay
) -> None:
    number = await write(cast, "ruth")
    courier = Courier(cast.office, Relay("127.0.0.1", relay.port, "starttls", timeout=5))
    while await courier.send_due():
        pass
    await courier.close()
    assert "MAIL" not in relay.heard
    assert await state(cast, "ruth", number) is MailState.OWED


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_encrypted_to_a_relay_that_proves_itself(cast: Cast, security: str) -> None:
    number = await write(cast, "ruth")
    proof = await asyncio.to_thread(self_signed)
    relay = FakeRelay(tls=proof) if security == "tls" else StartTlsRelay(proof)
    await relay.start()
    trusting = ssl.create_default_context()
    for proved in (False, True):
        if proved:
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        reached = Relay("127.0.0.1", relay.port, security, timeout=5, tls=trusting)
        courier = Courier(later(cast.office, cast, 3600 if proved else 0), reached)
        while await courier.send_due():
            pass
        await courier.close()
        assert await state(cast, "ruth", number) is (MailState.SENT if proved else MailState.OWED)
    await relay.stop()


async def test_without_a_relay_mail_waits_in_sight(cast: Cast) -> None:
    number = await write(cast, "ruth")
    await run_courier(cast.office, None, asyncio.Event())
    assert await state(cast, "ruth", number) is MailState.OWED


async def test_a_courier_asked_to_stop_finishes_the_mail_in_hand(cast: Cast, relay: FakeRelay) -> None:
    await send(cast.office, relay)  # what other tests left
    number = await write(cast, "ruth")
    reached, go_on = asyncio.Event(), asyncio.Event()
    relay.before_dot_answered = (reached, go_on)
    running = asyncio.create_task(
        run_courier(cast.office, Relay("127.0.0.1", relay.port, connections=1), asyncio.Event())
    )
    await reached.wait()
    running.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await state(cast, "ruth", number) is MailState.SENT
