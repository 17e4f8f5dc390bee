"""What comes to a practice's own address, to postmaster and to abuse: told in the dialog, held, or the administrators'."""

import secrets

import pytest
from sqlalchemy import Update, update

from channels.email.senders.admitting import Reason
from messaging.arriving.general import complaint_done, complaint_original, complaints
from messaging.arriving.screening import attach, held, refuse
from messaging.conversations import Kind, Member
from messaging.errors import NotFound
from messaging.memory.arriving import OriginalState
from messaging.practice.founding import begin_conversation
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.post import SERVER, Post, open_post
from tests.channels.email.world import DOMAIN
from threads.tables.people import people, practices

OURS = f"post@{SERVER}"


async def write_to(post: Post, address: str, raw: bytes, sender: str | None = None) -> str:
    reply = await post.offer(raw, address, sender)
    await post.read_all()
    return reply


async def change(cast: Cast, statement: Update) -> None:
    """As an import or an administrator's act would."""
    async with cast.house.office.memory.people._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        await connection.execute(statement)


def of(post: Post, client: str) -> str:
    found = post.cast[client].email
    assert found
    return found


async def test_a_clients_letter_to_the_practices_address_waits_in_the_screener(post: Post) -> None:
    for address in (OURS, OURS.upper()):
        raw = post.letter("ruth", f"I do not know where to write. {address}", To=f"<{address}>")
        assert (await write_to(post, address, raw, of(post, "ruth"))).startswith("250")
    one, two = await post.screener()
    assert (one.conversation, one.client, one.reason) == (None, post.cast["ruth"].id, "general_address")
    assert "wrote to the practice's address" in Reason(one.reason).sentence
    assert await post.entries("ruth") == []
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    assert await attach(post.cast.office, admitted, one.id) is OriginalState.DELIVERED
    await refuse(post.cast.office, admitted, two.id)
    (entry,) = await post.entries("ruth")
    assert (entry.author, entry.body.text) == (post.cast["ruth"].id, one.preview)
    assert await post.screener() == []


async def test_only_who_cares_for_the_client_sees_it_and_it_goes_nowhere_else(post: Post) -> None:
    raw = post.letter("omar", "for Eli alone", To=f"<{OURS}>")
    await write_to(post, OURS, raw, of(post, "omar"))
    office = post.cast.office
    assert await post.screener("mira") == await post.screener("nour") == await post.screener("ruth") == []
    (one,) = await post.screener("eli")
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    for act in (attach, refuse):
        with pytest.raises(NotFound):
            await act(office, admitted, one.id)
    chosen = tuple(Member(post.cast[m].id, post.cast[m].role) for m in ("omar", "mira"))
    await begin_conversation(office, post.cast.practice.id, Kind.INDIVIDUAL, chosen)
    assert [each.id for each in await post.screener("mira")] == [one.id], "it may be meant for either"


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({}, "general_address"),
        ({"From": "<x@evil.example>"}, "other_address"),
        ({"From": ""}, "unclear_sender"),
        ({"Content-Type": "text/calendar; method=REPLY"}, "general_address"),
        ({"Date": "Tue, 14 Jan 2003 18:20:05 +0100"}, "not_now"),
        ({"To": "<someone@else.example>"}, "not_to_us"),
    ],
)
async def test_whatever_is_odd_about_it_it_is_held_and_never_nowhere(
    post: Post, odd: dict[str, str], reason: str
) -> None:
    raw = post.letter("ruth", **{"To": f"<{OURS}>", **odd})
    assert (await write_to(post, OURS, raw, of(post, "ruth"))).startswith("250")
    assert [one.reason for one in await post.screener()] == [reason]
    assert await post.counts() == {OriginalState.HELD: 1}


async def test_what_is_not_proved_is_held_as_such(post: Post) -> None:
    raw = f"From: <{of(post, 'ruth')}>\r\nTo: <{OURS}>\r\nSubject: a\r\n\r\nwords\r\n".encode()
    await write_to(post, OURS, raw, of(post, "ruth"))
    assert [one.reason for one in await post.screener()] == ["unverified"]


async def test_a_machine_and_our_own_address_bother_nobody(post: Post) -> None:
    away = post.letter("ruth", To=f"<{OURS}>", Auto_Submitted="auto-replied")
    await write_to(post, OURS, away, of(post, "ruth"))
    await write_to(post, OURS, post.letter("ruth", "two", From=f"<{OURS}>"), of(post, "ruth"))
    assert await post.screener() == []
    assert await post.counts() == {OriginalState.EVENT: 1, OriginalState.REFUSED: 1}


async def test_everybody_else_is_told_in_the_dialog_where_to_write_to(post: Post) -> None:
    for sender in ("stranger@evil.example", f"someone@{DOMAIN}", ""):
        assert (await write_to(post, OURS, post.letter("ruth"), sender)).startswith("550 5.1.1 Please reply")
    assert (await write_to(post, "post@else.example", b"x", of(post, "ruth"))).startswith("550 5.1.1 No such")
    await change(post.cast, update(people).where(people.c.id == post.cast["ruth"].id).values(active=False))
    assert (await write_to(post, OURS, post.letter("ruth"), of(post, "ruth"))).startswith("550 5.1.1 Please")
    assert await post.counts() == {}


# ---------------------------------------------------------------- postmaster and abuse


async def own_domain(cast: Cast) -> str:
    """A mail domain of the practice's own: the server's is shared with others here."""
    host = f"{secrets.token_hex(5)}.example"
    await change(cast, update(practices).values(mail_domain=host))
    return host


@pytest.mark.parametrize("local", ["postmaster", "abuse", "Postmaster", "ABUSE"])
async def test_whoever_writes_to_postmaster_or_abuse_reaches_the_administrators(
    post: Post, local: str
) -> None:
    host, office, nour = await own_domain(post.cast), post.cast.office, post.cast["nour"]
    raw = b"From: <ops@else.example>\r\nSubject: Your mail loops\r\n\r\nPlease look at it.\r\n"
    for sender in ("ops@else.example", ""):
        assert (await write_to(post, f"{local}@{host}", raw + sender.encode(), sender)).startswith("250")
    first, second = await complaints(office, nour)
    assert (first.sender, first.subject) == ("ops@else.example", "Your mail loops")
    assert first.text.startswith("Please look at it.")
    assert (await complaint_original(office, nour, first.id)).startswith(b"From: <ops@else.example>")
    for _ in range(2):
        await complaint_done(office, nour, first.id)
    assert [one.id for one in await complaints(office, nour)] == [second.id]
    assert await post.screener("mira") == await post.screener("nour") == []
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    for act in (attach, refuse):
        with pytest.raises(NotFound):
            await act(office, admitted, second.id)


async def test_nobody_but_an_administrator_of_this_practice_sees_or_ends_it(post: Post) -> None:
    host, office = await own_domain(post.cast), post.cast.office
    await write_to(post, f"postmaster@{host}", b"From: <a@b.example>\r\n\r\nwords\r\n", "a@b.example")
    (one,) = await complaints(office, post.cast["nour"])
    for who in ("mira", "ruth"):
        with pytest.raises(NotFound):
            await complaints(office, post.cast[who])
        with pytest.raises(NotFound):
            await complaint_original(office, post.cast[who], one.id)
        with pytest.raises(NotFound):
            await complaint_done(office, post.cast[who], one.id)
    # What is a client's is no administrator's, whatever its name.
    raw = post.letter("ruth", To=f"<post@{host}>")
    await write_to(post, f"post@{host}", raw, of(post, "ruth"))
    (letter,) = await held(office, post.cast["mira"])
    for act in (complaint_original, complaint_done):
        with pytest.raises(NotFound):
            await act(office, post.cast["nour"], letter.id)


async def test_a_practice_without_administrators_has_it_in_the_screener(post: Post) -> None:
    host = await own_domain(post.cast)
    await change(post.cast, update(people).where(people.c.id == post.cast["nour"].id).values(active=False))
    await write_to(post, f"abuse@{host}", b"From: <a@b.example>\r\n\r\nwords\r\n", "a@b.example")
    assert [one.reason for one in await post.screener("mira")] == ["no_administrator"]


async def test_postmaster_without_a_domain_is_ours(cast: Cast) -> None:
    async with open_post(cast) as post, post.smtp() as program:
        assert (await program.begin("a@b.example", f"postmaster@{SERVER}"))[0].startswith("250")
        assert (await program.say("RCPT TO:<Postmaster>")).startswith("250"), "RFC 5321 4.5.1"
        assert (await program.say("RCPT TO:<postmaster@else.example>")).startswith("550 5.1.1")
