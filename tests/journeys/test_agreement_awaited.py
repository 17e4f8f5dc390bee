"""What is said by a live connection, or comes by mail, before somebody in care has agreed."""

from messaging.agreements.accepting import accept
from messaging.agreements.documents import NewDocument, add_document
from messaging.agreements.mailed import tell_awaited
from messaging.conversations import Working
from messaging.messages import EventName
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import talking


async def bound(cast: Cast, way: Working) -> None:
    """A document binds in this way of working."""
    await add_document(
        cast.office, cast["nour"], NewDocument(title="How we work", language="en", way=way, text="So.")
    )


async def test_a_connection_of_before_is_told_what_to_agree_to_and_then_that_no_session_is_open(
    server: RunningServer, cast: Cast
) -> None:
    here = cast.conversation("ruth")
    async with talking(server, await cast.token("ruth")) as ruth:
        await ruth.open(here)
        assert (await ruth.say(here, "Hello?"))["code"] == "no_session"
        await bound(cast, Working.CHAT)
        assert (await ruth.say(here, "Hello?"))["code"] == "agreement_needed"
        held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
        (document,) = await cast.office.memory.agreements.documents(cast.practice.id)
        await accept(cast.office, held, circle, document.id, 1)
        assert (await ruth.say(here, "Hello?"))["code"] == "no_session"


async def test_a_letter_by_mail_is_kept_and_both_sides_are_told_once_a_day(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth")
    await tell_awaited(cast.office, circle, cast["ruth"])
    await bound(cast, Working.EMAIL)
    held, circle = await cast.enter("mira", "ruth")
    for _ in range(2):
        await tell_awaited(cast.office, circle, cast["ruth"])
    (told,) = await entries_after(cast.office, held, 0)
    assert told.body.event is EventName.AGREEMENT_AWAITED
    (mail,) = await cast.office.memory.mailbox.mail_of(held, [told.number])
    assert mail.person == cast["ruth"].id
