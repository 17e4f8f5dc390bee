"""Who administers a practice reads no word of it, however they came to be named in a conversation."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from messaging.arriving.screening import held
from messaging.conversations import Conversation, Kind, Member
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.memory.keys import OwnerKey
from messaging.people import Role
from messaging.practice.founding import begin_conversation
from messaging.record.reading import enter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.visitor import Visitor
from web.commands.provision import Desk

WORDS = "Nobody but Eli may read this."


async def test_nobody_begins_a_conversation_with_one(cast: Cast) -> None:
    named = {"omar": Role.CLIENT, "eli": Role.THERAPIST, "nour": Role.ADMINISTRATOR}
    members = tuple(Member(cast[name].id, role) for name, role in named.items())
    with pytest.raises(Malformed, match="belong to a conversation"):
        await begin_conversation(cast.office, cast.practice.id, Kind.INDIVIDUAL, members)


async def test_a_provisioning_line_that_names_one_answers_an_error(cast: Cast) -> None:
    slug = cast.practice.slug
    names = {"clients": [f"omar-{slug}"], "clinicians": [f"eli-{slug}", f"nour-{slug}"]}
    line = json.dumps({"conversation": {"practice": slug, **names}})
    (answer,) = [one async for one in Desk(cast.office, "", "a test").run([line])]
    assert answer == {
        "error": "Only those in care and those who care for them belong to a conversation.",
        "line": 1,
    }
    assert await inbox(cast.office, cast["nour"]) == []


async def kept_before(cast: Cast, role: Role) -> ConversationId:
    """A conversation that an older version let Nour into, as this; with a letter in it."""
    named = {"omar": Role.CLIENT, "eli": Role.THERAPIST, "nour": role}
    members = tuple(Member(cast[name].id, as_) for name, as_ in named.items())
    like = cast.conversations["omar"]
    made = Conversation(
        cast.practice.id,
        ConversationId(cast.office.new_id()),
        Kind.INDIVIDUAL,
        1,
        0,
        None,
        None,
        like.answer,
        None,
        members,
    )
    key = await cast.office.keyring.new_owner(cast.practice.id, made.id)
    await cast.office.memory.conversations.create(made, OwnerKey(key.owner, key.wrapped), cast.office.clock())
    admitted, circle = await enter(cast.office, cast["omar"], made.id, Deed.WRITE)
    await write_letter(cast.office, admitted, circle, Letter(uuid4(), WORDS))
    return made.id


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.THERAPIST, Role.SUPERVISOR, Role.CLIENT])
async def test_one_who_is_in_a_conversation_finds_it_in_no_list_and_enters_it_by_no_deed(
    people: Cast, visitor: Callable[[], Visitor], role: Role
) -> None:
    conversation = await kept_before(people, role)
    nour = people["nour"]
    assert await inbox(people.office, nour) == []
    assert await held(people.office, nour) == []
    for deed in Deed:
        with pytest.raises(NotFound):
            await enter(people.office, nour, conversation, deed)
    browser = visitor()
    await browser.enter(people, "nour")
    listed = await browser.get("/api/v1/conversations")
    assert json.loads(listed.raw) == {"conversations": []}
    assert WORDS not in (await browser.get("/admin")).text


async def test_who_cares_there_still_finds_it(cast: Cast) -> None:
    conversation = await kept_before(cast, Role.ADMINISTRATOR)
    found = {line.conversation.id: line for line in await inbox(cast.office, cast["eli"])}
    last = found[conversation].last
    assert last is not None
    assert last.body.text == WORDS
