"""A client's letter is answered by one neutral receipt, and by nothing that could go on for ever."""

import asyncio
import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from channels.email.composing.times import spoken
from messaging.arriving.screening import attach
from messaging.leaving.delivering import deliveries
from messaging.leaving.promises import promise_of
from messaging.leaving.wishes import MailWishes, choose_wishes
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.memory.leaving import MailForm
from messaging.office import Office
from messaging.record.reading import enter, entries_after
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay

WORDS = "I walked by the lake."


async def write_as(cast: Cast, who: str, text: str = WORDS, *, office: Office | None = None) -> int:
    """A client writes on the page; the number."""
    admitted, circle = await cast.enter(who, who, Deed.WRITE)
    return (await write_letter(office or cast.office, admitted, circle, Letter(uuid4(), text))).number


async def receipts(cast: Cast, conversation: str, numbers: range = range(1, 50)) -> list[int]:
    """The letters a receipt is, or was, owed for."""
    where = cast.conversation(conversation)
    found = await cast.office.memory.mailbox.mail_of(errand(cast.practice.id, where, Work.LEAVING), numbers)
    return sorted(one.number for one in found if one.form is MailForm.RECEIPT)


async def promised(cast: Cast, conversation: str) -> datetime:
    _, circle = await cast.enter("mira", conversation)
    at = promise_of(cast.practice, circle.conversation)
    assert at is not None
    return at


def text_of(raw: bytes) -> tuple[Message, str]:
    read = email.message_from_bytes(raw)
    content = read.get_payload(decode=True)
    assert isinstance(content, bytes)
    return read, content.decode()


async def test_a_letter_on_the_page_has_a_receipt_with_the_time_the_page_says(
    cast: Cast, relay: FakeRelay
) -> None:
    await write_as(cast, "linden")
    await send(cast.office, relay)
    (raw,) = relay.to(cast["linden"].email)
    mail, text = text_of(raw)
    assert spoken(await promised(cast, "linden"), ZoneInfo("Europe/Vienna")) in text
    assert "/help-now" in text
    assert mail["Subject"] == "You have a new message"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] is None
    assert str(mail["Reply-To"]).startswith("<reply+")
    for word in ("lake", "walk", "Mira", "Linden"):
        assert word not in text.replace(str(cast["linden"].email), "")


async def test_a_letter_by_mail_has_a_receipt_that_answers_it(post: Post, relay: FakeRelay) -> None:
    raw = post.letter("ruth", WORDS, Message_ID="<one@mail.example>", Reply_To="<x@evil.example>")
    assert (await post.offer(raw, await post.address("ruth"), "elsewhere@mail.example")).startswith("250")
    await post.read_all()
    await send(post.cast.office, relay)
    (sent,) = relay.to(post.cast["ruth"].email)
    assert relay.to("x@evil.example") == relay.to("elsewhere@mail.example") == []
    mail, text = text_of(sent)
    assert (mail["In-Reply-To"], mail["References"]) == ("<one@mail.example>", "<one@mail.example>")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Subject"] == "You have a new message"
    assert "lake" not in text
    assert spoken(await promised(post.cast, "ruth"), ZoneInfo("Europe/Vienna")) in text


async def test_a_postscript_joins_the_open_letter_and_changes_nothing(post: Post) -> None:
    cast = post.cast
    first = await write_as(cast, "ruth")
    before = await promised(cast, "ruth")
    second = await write_as(cast, "ruth", "P.S. And the ducks.")
    raw = post.letter("ruth", "P.P.S. By mail.", Message_ID="<ps@mail.example>")
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    entries = await post.entries("ruth")
    assert [one.number for one in entries] == [first, second, 3]
    assert {one.letter for one in entries} == {entries[0].letter}, "one letter, written in three parts"
    assert await promised(cast, "ruth") == before
    assert await receipts(cast, "ruth") == [first]


async def test_after_the_answer_a_new_letter_begins_with_a_receipt_of_its_own(cast: Cast) -> None:
    first = await write_as(cast, "linden")
    await write(cast, "linden", "An answer.")
    again = await write_as(cast, "linden")
    assert await receipts(cast, "linden") == [first, again]
    admitted, _ = await cast.enter("mira", "linden")
    entries = await entries_after(cast.office, admitted, 0)
    assert entries[2].letter == entries[2].id != entries[0].letter


async def test_ten_letters_at_once_have_one_receipt(cast: Cast) -> None:
    await asyncio.gather(*(write_as(cast, "linden", f"{n}") for n in range(10)))
    assert len(await receipts(cast, "linden")) == 1


async def test_both_of_a_couple_get_one_receipt_each(cast: Cast, relay: FakeRelay) -> None:
    for who in ("ben", "tess", "ben", "tess"):
        admitted, circle = await cast.enter(who, "ben", Deed.WRITE)
        await write_letter(cast.office, admitted, circle, Letter(uuid4(), WORDS))
    assert await receipts(cast, "ben") == [1, 2]


async def test_a_letter_whose_conversation_was_answered_meanwhile_gets_its_receipt_too(cast: Cast) -> None:
    """The page was asked for while a letter waited; its answer is committed before the next letter is."""
    await write_as(cast, "linden")
    admitted, old = await cast.enter("linden", "linden", Deed.WRITE)
    await write(cast, "linden", "An answer.")
    number = (await write_letter(cast.office, admitted, old, Letter(uuid4(), WORDS))).number
    assert await receipts(cast, "linden") == [1, number]
    found = await deliveries(
        cast.office, errand(cast.practice.id, cast.conversation("linden"), Work.LEAVING), [number]
    )
    assert len(found[number]) == 1


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        ({"Auto-Submitted": "auto-replied"}, OriginalState.EVENT),
        ({"From": "Someone <other@mail.example>"}, OriginalState.HELD),
    ],
)
async def test_no_receipt_for_automatic_or_held_mail(
    post: Post, headers: dict[str, str], state: OriginalState
) -> None:
    raw = post.letter("ruth", **headers)
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    assert await post.counts() == {state: 1}
    assert await receipts(post.cast, "ruth") == []


async def test_no_receipt_for_what_a_clinician_let_in(post: Post) -> None:
    raw = post.letter("ruth", From="Someone <other@mail.example>")
    await post.offer(raw, await post.address("ruth"))
    await post.read_all()
    (held,) = await post.screener()
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    assert await attach(post.cast.office, admitted, held.id) is OriginalState.DELIVERED
    assert len(await post.entries("ruth")) == 1
    assert await receipts(post.cast, "ruth") == []


async def test_two_machines_that_answer_each_other_end_after_one_receipt(
    post: Post, relay: FakeRelay
) -> None:
    """The worst of them: it does not say that it is one, quotes nothing, and answers within the second."""
    await post.offer(post.letter("ruth", Message_ID="<0@mail.example>"), await post.address("ruth"))
    for n in range(1, 5):
        await post.read_all()
        await send(post.cast.office, relay)
        sent, _ = text_of(relay.to(post.cast["ruth"].email)[-1])
        answer = post.letter("ruth", f"I am away {n}.", In_Reply_To=str(sent["Message-ID"]))
        await post.offer(answer, str(sent["Reply-To"]).strip("<>"))
    await post.read_all()
    await send(post.cast.office, relay)
    assert len(await post.entries("ruth")) == 5
    assert len(relay.to(post.cast["ruth"].email)) == 1


async def test_a_client_elsewhere_reads_their_own_time_and_the_practices(
    cast: Cast, relay: FakeRelay
) -> None:
    await choose_wishes(cast.office, cast["linden"], MailWishes("America/New_York", receipts=True))
    await write_as(cast, "linden")
    await send(cast.office, relay)
    (raw,) = relay.to(cast["linden"].email)
    text, at = text_of(raw)[1], await promised(cast, "linden")
    own, ours = spoken(at, ZoneInfo("America/New_York")), spoken(at, ZoneInfo("Europe/Vienna"))
    assert text.index(own) < text.index(ours)


async def test_who_wants_no_receipts_gets_none(cast: Cast) -> None:
    await choose_wishes(cast.office, cast["linden"], MailWishes(None, receipts=False))
    await write_as(cast, "linden")
    assert await receipts(cast, "linden") == []


async def test_the_promise_of_the_receipt_is_that_of_the_moment_the_letter_is_kept(cast: Cast) -> None:
    """A clock that moves on between composing and keeping must not part the mail from the page."""
    moments = [datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC) + timedelta(seconds=n) for n in range(60)]
    office = replace(cast.office, clock=lambda: moments.pop(0))
    admitted, circle = await enter(cast.office, cast["linden"], cast.conversation("linden"), Deed.WRITE)
    await write_letter(office, admitted, circle, Letter(uuid4(), WORDS))
    _, circle = await cast.enter("mira", "linden")
    assert await receipts(cast, "linden") == [1]
    entries = await entries_after(cast.office, (await cast.enter("mira", "linden"))[0], 0)
    assert circle.conversation.waiting_since == entries[0].at
