"""One account at a provider: all mail leaves from it, and what comes to it finds its conversation, or a person who looks."""

from collections.abc import AsyncIterator

import dkim
import pytest

from channels.email.senders.admitting import Reason
from messaging.conversations import Kind, Member
from messaging.facts import FailedMailFacts
from messaging.memory.arriving import OriginalState
from messaging.messages import EventName
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import begin_conversation
from tests.cast import Cast
from tests.channels.email.account import BOTH, TAGGED, answer, opened, report, sent
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.post import Post
from tests.channels.email.world import DOMAIN, FakeRelay, key_pair
from tests.peers.token_server import ACCOUNT


@pytest.fixture
async def tagged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """Its provider takes tags."""
    async with opened(cast, TAGGED, monkeypatch) as post:
        yield post


@pytest.fixture
async def plain(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """Its provider takes none."""
    async with opened(cast, ACCOUNT, monkeypatch) as post:
        yield post


async def offer(post: Post, raw: bytes, to: str = ACCOUNT, sender: str | None = None) -> str:
    reply = await post.offer(raw, to, sender)
    await post.read_all()
    return reply


async def said_in(post: Post, conversation: str) -> list[str]:
    return [
        one.body.text for one in await post.entries(conversation) if one.author == post.cast[conversation].id
    ]


async def second_conversation(post: Post, client: str) -> None:
    """One more, with Tess and Dr Mira, so that a sender alone says nothing."""
    cast = post.cast
    chosen = tuple(Member(cast[one].id, cast[one].role) for one in (client, "tess", "mira"))
    cast.conversations["second"] = await begin_conversation(
        cast.office, cast.practice.id, Kind.COUPLE, chosen
    )


@BOTH
async def test_all_mail_is_from_the_account_and_answers_find_their_conversation(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, relay: FakeRelay, replies: str
) -> None:
    async with opened(cast, replies, monkeypatch) as post:
        await second_conversation(post, "ruth")
        for conversation in ("ruth", "second"):
            mail = await sent(post, relay, "ruth", conversation)
            assert mail["From"].endswith(f"<{ACCOUNT}>")
            assert f"MAIL FROM:<{ACCOUNT}>" in relay.wire.decode()
            assert "MAIL FROM:<b+" not in relay.wire.decode()
            to = mail["Reply-To"].strip("<>")
            raw = answer(post, "ruth", mail, f"to {conversation}")
            assert (await offer(post, raw, to)).startswith("250")
        for conversation in ("ruth", "second"):
            entries = await post.entries(conversation)
            assert [e.body.text for e in entries if e.author == cast["ruth"].id] == [f"to {conversation}"]
        assert await post.screener() == []


@BOTH
async def test_a_report_that_gives_our_header_back_lands_on_the_letter_it_is_about(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, relay: FakeRelay, replies: str
) -> None:
    async with opened(cast, replies, monkeypatch) as post:
        for client in ("ruth", "linden"):
            mail = await sent(post, relay, client)
            assert (await offer(post, report(mail), sender="")).startswith("250")
            letter, event = await post.entries(client)
            assert event.body.event is EventName.MAIL_FAILED
            failed = event.body.facts
            assert isinstance(failed, FailedMailFacts)
            assert failed.number == letter.number
            assert "does not exist" in (failed.cause or "")
        assert await post.counts() == {OriginalState.EVENT: 2}


async def test_a_report_is_known_as_quoted_printable_and_without_an_empty_envelope_too(
    plain: Post, relay: FakeRelay
) -> None:
    mail = await sent(plain, relay, "ruth")
    mark = mail["X-Bounce-Address"]
    mail.replace_header("X-Bounce-Address", f"{mark[:20]}=\r\n{mark[20:]}")
    assert (await offer(plain, report(mail), sender="system@provider.example")).startswith("250")
    assert await plain.counts() == {OriginalState.EVENT: 1}


async def test_a_report_about_nothing_of_ours_and_a_forged_one_are_refused(
    plain: Post, relay: FakeRelay
) -> None:
    mail = await sent(plain, relay, "ruth")
    mark = mail["X-Bounce-Address"]
    for forged in (
        "<b+aaaa-aaaa-aaaaaaaaaaaaaaaa@quietline.localhost>",
        mark.replace("@", "@x."),
        mark[:-40],
        "",
    ):
        mail.replace_header("X-Bounce-Address", forged)
        assert (await offer(plain, report(mail), sender="")).startswith("550 5.7.1"), forged
    assert await plain.counts() == {}


async def test_from_a_domain_of_our_own_mail_bears_no_mark(post: Post, relay: FakeRelay) -> None:
    mail = await sent(post, relay, "ruth")
    assert mail["X-Bounce-Address"] is None
    assert "MAIL FROM:<b+" in relay.wire.decode()


async def test_an_answer_without_references_is_for_a_person_to_place(plain: Post, relay: FakeRelay) -> None:
    mail = await sent(plain, relay, "ruth")
    bare = plain.letter("ruth", "my new phone sends this", To=f"<{ACCOUNT}>")
    assert (await offer(plain, bare, sender=plain.cast["ruth"].email)).startswith("250")
    (held,) = await plain.screener()
    assert (held.reason, held.client, held.conversation) == ("general_address", plain.cast["ruth"].id, None)
    only_id = answer(plain, "ruth", mail, "so does this", References="<x@mail.example>")
    assert (await offer(plain, only_id, sender="relayed@elsewhere.example")).startswith("250")
    assert len(await plain.screener()) == 2
    assert await said_in(plain, "ruth") == []


async def test_a_strangers_letter_is_refused(plain: Post) -> None:
    raw = plain.letter("ruth", "spam", To=f"<{ACCOUNT}>", From="<shop@evil.example>")
    assert (await offer(plain, raw, sender="shop@evil.example")).startswith("550 5.1.1 Please reply")
    assert await plain.counts() == {}


@BOTH
async def test_anothers_references_open_no_door(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, relay: FakeRelay, replies: str
) -> None:
    """Linden has seen a mail to Ruth, and answers it as himself, and as her without her provider's word."""
    async with opened(cast, replies, monkeypatch) as post:
        mail = await sent(post, relay, "ruth")
        to = mail["Reply-To"].strip("<>")
        as_himself = answer(post, "linden", mail, "mine")
        as_her = answer(post, "ruth", mail, "hers").partition(b"\r\nFrom")[2]
        for raw in (as_himself, b"From" + as_her):
            assert (await offer(post, raw, to)).startswith("250")
        reasons = {one.reason for one in await post.screener()}
        assert reasons == {Reason.OTHER_ADDRESS.value, Reason.UNVERIFIED.value}
        for conversation in ("ruth", "linden"):
            assert await said_in(post, conversation) == []


async def test_references_that_were_not_signed_place_nothing(plain: Post, relay: FakeRelay) -> None:
    """Whoever has a letter of hers could send it to another conversation of hers, by writing its reference above."""
    await second_conversation(plain, "ruth")
    mail, other = await sent(plain, relay, "ruth"), await sent(plain, relay, "ruth", "second")
    written = answer(plain, "ruth", mail, "for one of two").partition(b"\r\nFrom")[2]
    bare = b"From" + written
    fields = [b"from", b"to", b"subject", b"date"]
    sound = bytes(dkim.sign(bare, b"s1", DOMAIN.encode(), key_pair()[0], include_headers=fields)) + bare
    moved = sound.replace(mail["References"].encode(), other["References"].encode())
    for raw in (sound, moved):
        assert (await offer(plain, raw)).startswith("250")
    assert {one.reason for one in await plain.screener()} <= {Reason.NOT_TO_US.value}
    assert await said_in(plain, "ruth") == []
    entries = await plain.entries("second")
    assert not [one for one in entries if one.author == plain.cast["ruth"].id]


async def test_of_an_address_that_ended_the_references_end_too(plain: Post, relay: FakeRelay) -> None:
    mail = await sent(plain, relay, "ruth")
    cast = plain.cast
    old = cast["ruth"].email
    await change_person(cast.office, cast["nour"], cast["ruth"].id, Changes(email=f"new.{old}"))
    assert (await offer(plain, answer(plain, "ruth", mail, "late"), sender=old)).startswith("550 5.2.1")


async def test_our_own_mail_that_comes_back_is_no_letter(plain: Post, relay: FakeRelay) -> None:
    mail = await sent(plain, relay, "ruth")
    raw = answer(plain, "ruth", mail, "played", From=f"<{ACCOUNT}>")
    assert (await offer(plain, raw)).startswith("250")
    assert await plain.counts() == {OriginalState.REFUSED: 1}


async def test_with_tags_the_accounts_own_address_waits_for_a_person(tagged: Post) -> None:
    raw = tagged.letter("ruth", "where do I write?", To=f"<{ACCOUNT}>")
    assert (await offer(tagged, raw, sender=tagged.cast["ruth"].email)).startswith("250")
    assert [one.reason for one in await tagged.screener()] == ["general_address"]


async def test_every_kind_of_mail_is_from_the_account(tagged: Post, relay: FakeRelay) -> None:
    """A letter, a notice, and the receipt for what was answered."""
    for client in ("ruth", "linden"):
        mail = await sent(tagged, relay, client)
        await offer(tagged, answer(tagged, client, mail, "thank you"), mail["Reply-To"].strip("<>"))
    await write(tagged.cast, "ben")
    await send(tagged.cast.office, relay)
    wire = relay.wire.decode()
    assert wire.count("MAIL FROM:<") == wire.count(f"MAIL FROM:<{ACCOUNT}>") >= 3
    assert wire.count("\r\nFrom: ") == wire.count("X-Bounce-Address: ")
