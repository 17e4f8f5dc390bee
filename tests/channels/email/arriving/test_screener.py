"""The screener: what is held once, what a clinician's word teaches, and what it never does."""

import asyncio

import pytest

from messaging.arriving.addresses import AT_MOST, forget, further_addresses, remember
from messaging.arriving.screening import attach, refuse
from messaging.errors import Malformed, NotFound
from messaging.facts import as_texts
from messaging.memory.arriving import OriginalState
from messaging.trust.access import Deed
from tests.channels.email.post import SERVER, Post
from tests.channels.email.world import signed

AT_WORK = "Ruth <ruth@work.example>"


def from_work(post: Post, text: str, **headers: str) -> bytes:
    """A letter from Ruth's other mailbox, signed by its own domain."""
    letter = post.letter("ruth", text, From=AT_WORK, **headers)
    return signed(letter[letter.index(b"From:") :], "work.example")


def vouching(post: Post) -> None:
    post.names.table["s1._domainkey.work.example", "TXT"] = post.names.table[
        "s1._domainkey.evil.example", "TXT"
    ]
    post.names.table["_dmarc.work.example", "TXT"] = "v=DMARC1; p=reject"


async def arrive(post: Post, raw: bytes, client: str = "ruth") -> None:
    assert (await post.offer(raw, await post.address(client))).startswith("250")
    await post.read_all()


async def attached(post: Post, *, remembering: bool) -> None:
    (letter,) = await post.screener()
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    state = await attach(post.cast.office, admitted, letter.id, remember_address=remembering)
    assert state is OriginalState.DELIVERED


async def test_an_address_is_learned_only_when_the_clinician_says_so(post: Post) -> None:
    vouching(post)
    await arrive(post, from_work(post, "one"))
    await attached(post, remembering=False)
    await arrive(post, from_work(post, "two"))
    await attached(post, remembering=True)
    await arrive(post, from_work(post, "three"))
    assert [e.body.text for e in await post.entries("ruth")] == ["one", "two", "three"]
    assert await post.screener() == []


async def test_a_remembered_address_still_needs_its_domain_to_vouch(post: Post) -> None:
    vouching(post)
    await arrive(post, from_work(post, "one"))
    await attached(post, remembering=True)
    letter = from_work(post, "two")
    await arrive(post, letter[letter.index(b"From:") :])
    assert [one.reason for one in await post.screener()] == ["unverified"]


async def test_a_remembered_address_is_its_clients_alone_and_can_be_forgotten(post: Post) -> None:
    vouching(post)
    await arrive(post, from_work(post, "one"))
    await attached(post, remembering=True)
    await arrive(post, from_work(post, "to Linden"), "linden")
    assert [one.reason for one in await post.screener()] == ["other_address"]
    office, ruth = post.cast.office, post.cast["ruth"]
    (known,) = await further_addresses(office, ruth.practice, ruth.id)
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    await forget(office, admitted, ruth.id, known.id)
    with pytest.raises(NotFound):
        await forget(office, admitted, ruth.id, known.id)
    await arrive(post, from_work(post, "two"))
    assert len(await post.screener()) == 2


async def test_what_may_be_remembered_has_bounds(post: Post) -> None:
    office, ruth = post.cast.office, post.cast["ruth"]
    reading, _ = await post.cast.enter("mira", "ruth", Deed.READ)
    with pytest.raises(NotFound):
        await remember(office, reading, ruth.id, "ruth@work.example")
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    for wrong in ("", "ruth", "a@b\r\nBcc: c@d.example", "<ruth@work.example>"):
        with pytest.raises(Malformed):
            await remember(office, admitted, ruth.id, wrong)
    for number in range(AT_MOST):
        await remember(office, admitted, ruth.id, f"ruth{number}@work.example")
    await remember(office, admitted, ruth.id, "RUTH0@work.example")
    with pytest.raises(Malformed):
        await remember(office, admitted, ruth.id, "more@work.example")
    assert len(await further_addresses(office, ruth.practice, ruth.id)) == AT_MOST


async def test_the_same_letter_is_held_once_however_often_it_comes(post: Post) -> None:
    letter, address = from_work(post, "held"), await post.address("ruth")
    for number in range(6):
        received = f"Received: from hop{number} by us; Tue, 14 Jan 2031 18:20:05 +0100\r\n".encode()
        assert (await post.offer(received + letter, address)).startswith("250")
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(post.read_all())
    assert await post.counts() == {OriginalState.HELD: 1, OriginalState.DUPLICATE: 5}
    (held,) = await post.screener()
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    await refuse(post.cast.office, admitted, held.id)
    await arrive(post, letter)
    assert await post.screener() == [], "what was refused does not come back"


async def test_the_same_letter_to_two_clients_is_held_for_both(post: Post) -> None:
    letter = from_work(post, "to both")
    await arrive(post, letter)
    await arrive(post, letter, "linden")
    assert len(await post.screener()) == 2


async def test_who_else_received_a_letter_is_kept_with_it_but_not_our_own_address(post: Post) -> None:
    address = await post.address("ruth")
    copies = {"To": f"<{address.upper()}>, <friend@else.example>", "Cc": "Partner <p@else.example>"}
    await arrive(post, post.letter("ruth", **copies))
    (entry,) = await post.entries("ruth")
    assert as_texts(entry.body.facts)["also"].splitlines() == ["friend@else.example", "p@else.example"]
    assert SERVER not in as_texts(entry.body.facts)["also"]
