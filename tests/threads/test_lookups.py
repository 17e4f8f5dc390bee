"""Who shows a token, who is in a conversation: asked together, answered each for themselves, and never remembered."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from messaging.entrance.signing_in import sign_out, who
from messaging.errors import NotSignedIn
from messaging.leaving.owing import reply_token
from messaging.letters.writing import Letter, write_letter
from messaging.record.amending import correct
from messaging.record.posting import say
from messaging.record.reading import enter
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed, Work, errand
from messaging.trust.encryption import KeyGone
from messaging.trust.tokens import read_token
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from threads.database import connector
from web.house import house
from web.state import House


async def test_questions_asked_together_are_each_answered_for_themselves(built: House, cast: Cast) -> None:
    other = await found_cast(built)
    find = built.office.memory.lookups.circle
    ours, theirs = cast.conversation("ruth"), other.conversation("ruth")
    found = await asyncio.gather(
        find(cast.practice.id, ours),
        find(other.practice.id, theirs),
        find(cast.practice.id, theirs),
        find(cast.practice.id, cast.conversation("ben")),
        find(cast.practice.id, ours),
    )
    kept = [one.conversation.id if one else None for one in found]
    assert kept == [ours, theirs, None, cast.conversation("ben"), ours]
    people = {one.id for one in found[3].people} if found[3] else set()
    assert people == {cast["ben"].id, cast["tess"].id, cast["mira"].id}


async def test_tokens_shown_together_lead_each_to_its_own_person(cast: Cast) -> None:
    names = ["ruth", "mira", "ben", "nour"]
    shown = [await cast.token(name) for name in names]
    found = await asyncio.gather(*(who(cast.office, token) for token in [*shown, *shown]))
    assert [one.person.name for one in found] == 2 * [cast[name].name for name in names]


async def test_a_foreign_practice_in_the_token_leads_to_nobody(built: House, cast: Cast) -> None:
    other = await found_cast(built)
    token = read_token(await cast.token("ruth"))
    assert token is not None
    assert await built.office.memory.lookups.bearer(other.practice.id, token.hash) is None
    assert await built.office.memory.lookups.bearer(cast.practice.id, token.hash) is not None


async def test_who_signed_out_is_nobody_at_once(cast: Cast) -> None:
    token = await cast.token("ruth")
    signed_in = await who(cast.office, token)
    await sign_out(cast.office, signed_in)
    with pytest.raises(NotSignedIn):
        await who(cast.office, token)


async def test_who_was_removed_is_missing_at_once(cast: Cast) -> None:
    await enter(cast.office, cast["ben"], cast.conversation("ben"), Deed.READ)
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ben"), Work.FOUNDING),
        cast["tess"].id,
        cast.office.clock(),
    )
    _, circle = await enter(cast.office, cast["ben"], cast.conversation("ben"), Deed.READ)
    assert set(circle.people) == {cast["ben"].id, cast["mira"].id}


async def test_entering_brings_the_keys_so_that_the_first_word_asks_for_none(cast: Cast) -> None:
    ring = cast.office.keyring
    for owner in (cast.conversation("ruth"), cast["ruth"].id, cast["mira"].id):
        ring.forget(cast.practice.id, owner)
    await cast.enter("ruth", "ruth", Deed.SAY)
    for owner in (cast.conversation("ruth"), cast["ruth"].id, cast["mira"].id):
        assert ring.ready(cast.practice.id, owner) is not None


async def test_a_token_brings_the_keys_of_its_practice_and_person(cast: Cast, database: TestDatabase) -> None:
    token = await cast.token("ruth")
    async with house(database.settings()) as restarted:
        asked: list[UUID] = []
        ring = restarted.office.keyring
        ring._vault = Asked(asked)
        assert (await who(restarted.office, token)).person.name == cast["ruth"].name
        await restarted.office.memory.lookups.circle(cast.practice.id, cast.conversation("ruth"))
        assert asked == []
        with pytest.raises(KeyGone):
            await ring.key(cast.practice.id, cast.conversation("ben"))
        assert asked == [cast.conversation("ben")]


class Asked:
    """A vault that writes down what it is asked for, and has nothing."""

    def __init__(self, asked: list[UUID]) -> None:
        self._asked = asked

    async def wrapped_key(self, practice: UUID, owner: UUID) -> bytes | None:
        self._asked.append(owner)
        return None

    async def wrapped_keys(self, practice: UUID, owners: Sequence[UUID]) -> Mapping[UUID, bytes]:
        self._asked.extend(owners)
        return {}


async def test_the_hash_of_a_password_is_not_brought_along(built: House) -> None:
    cast = await found_cast(built, password="a long enough password")
    token = read_token(await cast.token("ruth"))
    circle = await built.office.memory.lookups.circle(cast.practice.id, cast.conversation("ruth"))
    bearer = await built.office.memory.lookups.bearer(cast.practice.id, token.hash) if token else None
    assert circle is not None
    assert bearer is not None
    assert [one.password_hash for one in (*circle.people, bearer.person)] == [None, None, None]


async def test_a_lost_connection_is_replaced_before_anybody_notices(
    cast: Cast, database: TestDatabase
) -> None:
    await cast.enter("ruth", "ruth")
    connection = await connector(**database.accesses.app.connect_kwargs())()
    try:
        ended = await connection.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where query = 'commit' and state = 'idle'"
        )
    finally:
        await connection.close()
    assert ended >= 1
    await cast.enter("ruth", "ruth")


async def test_pages_asked_together_hold_each_what_is_lacking_and_the_revision(
    built: House, cast: Cast
) -> None:
    other = await found_cast(built)
    ask = built.office.memory.lookups.page
    passes = []
    for one in (cast, other):
        held, circle = await one.enter("ruth", "ruth", Deed.WRITE)
        passes.append(held)
        for number in range(5 if one is cast else 2):
            await write_letter(one.office, held, circle, Letter(uuid4(), f"letter {number}"))
    await built.office.memory.conversations.remove_member(
        errand(other.practice.id, other.conversation("ruth"), Work.FOUNDING),
        other["mira"].id,
        other.office.clock(),
    )
    ours, theirs = passes
    found = await asyncio.gather(
        ask(ours, 0, 3),
        ask(replace(ours, conversation=theirs.conversation), 0, 3),
        ask(theirs, 1, 3),
        ask(ours, 3, 100),
        ask(ours, 5, 100),
        ask(ours, 2**40, 100),
    )
    told = [([e.number for e in page.entries], page.revision) if page else None for page in found]
    assert told == [([1, 2, 3], 1), None, ([2], 2), ([4, 5], 1), ([], 1), ([], 1)]
    admitted, _ = await cast.enter("ruth", "ruth")
    kept = await built.office.memory.threads.after(admitted, 0, 3)
    assert found[0] is not None
    assert list(found[0].entries) == kept


async def test_a_page_says_what_was_said_of_its_entries_later(built: House, cast: Cast) -> None:
    mira, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(cast.office, mira)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    for text in ("one", "two", "three"):
        await say(cast.office, ruth, uuid4(), text)
    await correct(cast.office, ruth, uuid4(), 3, "too")
    for after, limit in ((0, 2), (0, 3), (2, 1), (4, 5)):
        page = await built.office.memory.lookups.page(ruth, after, limit)
        assert page is not None
        kept = await built.office.memory.threads.after(ruth, after, limit)
        assert list(page.entries) == kept
        assert kept


async def test_letters_asked_about_together_stand_each_on_its_own_ground(built: House, cast: Cast) -> None:
    """What the writer said under the key, their letter that waits, and where each answers to: as it stands now."""
    other = await found_cast(built)
    ask, key = built.office.memory.lookups.ground, uuid4()
    ruth, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    mira, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    theirs, _ = await other.enter("ruth", "ruth", Deed.WRITE)
    waits = await write_letter(cast.office, ruth, circle, Letter(key, "It rains."))
    token = await reply_token(cast.office, circle, cast["ruth"])
    found = await asyncio.gather(
        ask(ruth, ruth.person, key),
        ask(mira, mira.person, key),
        ask(theirs, theirs.person, key),
        ask(replace(ruth, conversation=theirs.conversation), ruth.person, key),
        ask(ruth, ruth.person, uuid4()),
    )
    told = [(one.practice.id, one.known, one.waiting == waits.id) if one else None for one in found]
    ours = cast.practice.id
    assert told == [
        (ours, True, True),
        (ours, False, False),
        (other.practice.id, False, False),
        None,
        (ours, False, True),
    ]
    assert found[0] is not None
    assert found[0].practice == await built.office.memory.people.practice(ours)
    assert token == await reply_token(cast.office, replace(circle, ground=found[0]), cast["ruth"])
    await write_letter(cast.office, mira, circle, Letter(uuid4(), "Here, too."))
    answered = await ask(ruth, ruth.person, key)
    assert answered is not None
    assert answered.waiting is None


async def test_a_reply_address_that_was_taken_back_is_no_ground_to_stand_on(built: House, cast: Cast) -> None:
    ruth, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    first = await reply_token(cast.office, circle, cast["ruth"])
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )
    ground = await built.office.memory.lookups.ground(ruth, ruth.person, uuid4())
    assert ground is not None
    assert ground.tokens == {}
    assert first != await reply_token(cast.office, replace(circle, ground=ground), cast["ruth"])
