"""Who has left a conversation, or the practice, has no way in by mail: refused at the door, held if it was in already."""

import pytest
from sqlalchemy import text

from messaging.memory.arriving import OriginalState
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.channels.email.post import Post
from tests.conftest import TestDatabase
from threads.database import Database, connector


async def leaves(cast: Cast, who: str, conversation: str) -> None:
    """A client is removed from a conversation."""
    gone = await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation(conversation), Work.FOUNDING),
        cast[who].id,
        cast.office.clock(),
    )
    assert gone


async def ends(cast: Cast, who: str, database: TestDatabase) -> None:
    """A person is no longer of the practice."""
    base = Database(connector(database.accesses.app.url()))
    async with base.within(cast.practice.id) as connection:
        ended = text("update people set active = false where practice_id = :p and id = :i")
        await connection.execute(ended, {"p": cast.practice.id, "i": cast[who].id})
    await base.close()


@pytest.mark.parametrize("way", ["left", "ended"])
async def test_their_address_is_refused_and_what_came_before_is_held(
    post: Post, database: TestDatabase, way: str
) -> None:
    cast = post.cast
    ben, tess = await post.address("ben", "ben"), await post.address("tess", "ben")
    assert (await post.offer(post.letter("ben", "Before I went."), ben)).startswith("250")
    if way == "left":
        await leaves(cast, "ben", "ben")
    else:
        await ends(cast, "ben", database)
    assert (await post.offer(post.letter("ben", "After."), ben)).startswith("550 5.2.1")
    assert (await post.offer(post.letter("tess", "I am still here."), tess)).startswith("250")
    await post.read_all()
    assert [one.body.text for one in await post.entries("ben")] == ["I am still here."]
    assert await post.counts() == {OriginalState.HELD: 1, OriginalState.DELIVERED: 1}
    assert [(one.reason, one.preview) for one in await post.screener()] == [("no_member", "Before I went.")]


async def test_the_address_goes_in_the_very_transaction_that_removes_them(post: Post) -> None:
    cast = post.cast
    where = (errand(cast.practice.id, cast.conversation("ben"), Work.LEAVING), cast["ben"].id)
    old = await post.token("ben", "ben")
    assert await cast.office.memory.mailbox.reply_token(*where) is not None
    await leaves(cast, "ben", "ben")
    assert await cast.office.memory.mailbox.reply_token(*where) is None, "it is not handed out again"
    found = await cast.office.memory.mailbox.reply_route(cast.office.installation.lookup("reply", old))
    assert found is not None
    assert found.revoked
