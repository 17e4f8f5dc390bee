"""A letter that is held is said in the inbox of who may decide about it, with its promise running; a flood of them once."""

from dataclasses import replace

from messaging.arriving.screening import attach, refuse
from messaging.inbox.listing import InboxLine, inbox
from messaging.leaving.promises import promise_of
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.trust.access import Deed
from tests.channels.email.post import Post

STRANGER = "Ruth <ruth@evil.example>"


async def arrive(post: Post, raw: bytes, client: str = "ruth") -> None:
    assert (await post.offer(raw, await post.address(client))).startswith("250")
    await post.read_all()


async def line(post: Post, who: str = "mira", client: str = "ruth") -> InboxLine:
    lines = await inbox(post.cast.office, post.cast[who])
    (found,) = [one for one in lines if one.conversation.id == post.cast.conversation(client)]
    return found


async def decide(post: Post, *, let_in: bool) -> None:
    """The clinician decides about the first that is held."""
    first = (await post.screener())[0]
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    if let_in:
        assert await attach(post.cast.office, admitted, first.id) is OriginalState.DELIVERED
    else:
        await refuse(post.cast.office, admitted, first.id)


async def test_a_held_letter_is_said_at_once_and_its_promise_runs_from_when_it_was_taken(post: Post) -> None:
    await arrive(post, post.letter("linden"), "linden")
    before = await inbox(post.cast.office, post.cast["mira"])
    assert before[0].conversation.id == post.cast.conversation("linden")
    await arrive(post, post.letter("ruth", "secret words", From=STRANGER))
    (held,) = await post.screener()
    found = await line(post)
    assert found.held is not None
    assert found.held.since == held.received_at
    waits = replace(found.conversation, waiting_since=held.received_at)
    assert found.due == found.held.promise == promise_of(post.cast.practice, waits)
    assert (found.promise, found.last, found.unread) == (None, None, 0)
    ordered = [one.conversation.id for one in await inbox(post.cast.office, post.cast["mira"])]
    assert ordered[:2] == [post.cast.conversation("linden"), post.cast.conversation("ruth")]


async def test_it_is_said_to_nobody_but_who_may_decide(post: Post) -> None:
    await arrive(post, post.letter("ruth", From=STRANGER))
    await arrive(post, post.letter("omar", From=STRANGER), "omar")
    assert (await line(post, "ruth")).held is None
    assert (await line(post, "eli", "omar")).held is not None
    for one in await inbox(post.cast.office, post.cast["mira"]):
        assert (one.held is not None) == (one.conversation.id == post.cast.conversation("ruth"))


async def test_however_many_are_held_it_is_one_line_and_no_true_promise_moves(post: Post) -> None:
    await arrive(post, post.letter("ruth", "mine"))
    true = await line(post)
    for number in range(12):
        await arrive(post, post.letter("ruth", f"noise {number}", From=STRANGER))
    flooded = await line(post)
    assert (flooded.promise, flooded.due) == (true.promise, true.promise)
    assert flooded.conversation.waiting_since == true.conversation.waiting_since
    assert flooded.held is not None
    assert len(await inbox(post.cast.office, post.cast["mira"])) == 3
    for _ in range(12):
        await decide(post, let_in=False)
    assert await line(post) == true


async def test_a_true_letter_behind_a_held_one_keeps_its_own_promise(post: Post) -> None:
    await arrive(post, post.letter("ruth", "noise", From=STRANGER))
    first = await line(post)
    await arrive(post, post.letter("ruth", "mine"))
    both = await line(post)
    assert both.held == first.held
    assert both.conversation.waiting_since is not None
    assert both.promise == promise_of(post.cast.practice, both.conversation)
    assert both.due == first.due


async def test_let_in_it_has_waited_since_it_came_whatever_came_between(post: Post) -> None:
    await arrive(post, post.letter("ruth", "the first", To="friend@else.example"))
    (held,) = await post.screener()
    await arrive(post, post.letter("ruth", "the second"))
    await decide(post, let_in=True)
    found = await line(post)
    assert found.held is None
    assert found.conversation.waiting_since == held.received_at


async def test_an_answer_to_another_letter_does_not_end_the_wait_of_a_held_one(post: Post) -> None:
    await arrive(post, post.letter("ruth", "the first", To="friend@else.example"))
    (held,) = await post.screener()
    await arrive(post, post.letter("ruth", "the second"))
    office = post.cast.office
    admitted, circle = await post.cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(office, admitted, circle, Letter(office.new_id(), "I read it.", answers=1))
    answered = await line(post)
    assert answered.conversation.waiting_since is None
    assert answered.held is not None
    await decide(post, let_in=True)
    assert (await line(post)).conversation.waiting_since == held.received_at


async def test_refused_its_wait_ends(post: Post) -> None:
    before = await line(post)
    await arrive(post, post.letter("ruth", From=STRANGER))
    await decide(post, let_in=False)
    assert await line(post) == before
