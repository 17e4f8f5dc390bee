"""The way in by mail: to one address, in words that tell nobody anything, and good once."""

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.entrance.invitations import accept_invitation
from messaging.errors import Conflict, NotFound, NotSignedIn
from messaging.messages import EventName
from messaging.people import Person, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson
from messaging.practice.joining import invite_by_mail, join
from messaging.record.reading import entries_after
from tests.cast import PASSWORD, Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


def address(cast: Cast, name: str = "linden") -> str:
    return str(cast[name].email)


async def tokens(cast: Cast, relay: FakeRelay) -> list[str]:
    """What came to Linden, in order."""
    await send(cast.office, relay)
    mails = [message_from_bytes(raw, policy=default) for raw in relay.to(address(cast))]
    words = [f"{mail['subject']} {mail.get_content()}" for mail in mails]
    assert not re.search("Linden|Mira|therap", " ".join(words), re.IGNORECASE)
    return [re.findall(r"/invitation#([\w-]+)", one)[0] for one in words]


async def test_it_goes_to_their_address_and_opens_once(cast: Cast, relay: FakeRelay) -> None:
    await invite_by_mail(cast.office, cast["mira"], cast["linden"].id)
    (token,) = await tokens(cast, relay)
    await accept_invitation(cast.office, token, PASSWORD)
    with pytest.raises(NotSignedIn):
        await accept_invitation(cast.office, token, PASSWORD)


async def test_sent_again_the_first_is_dead(cast: Cast, relay: FakeRelay) -> None:
    for by in ("mira", "nour"):
        await invite_by_mail(cast.office, cast[by], cast["linden"].id)
    first, second = await tokens(cast, relay)
    with pytest.raises(NotSignedIn):
        await accept_invitation(cast.office, first, PASSWORD)
    await accept_invitation(cast.office, second, PASSWORD)


async def test_one_that_is_refused_is_told_where_it_is_read(cast: Cast, relay: FakeRelay) -> None:
    linden = address(cast)
    relay.told = lambda verb, to: "550 5.1.1 no such user" if (verb, to) == ("RCPT", linden) else None
    await invite_by_mail(cast.office, cast["mira"], cast["linden"].id)
    await send(cast.office, relay)
    held, _ = await cast.enter("mira", "linden")
    (told,) = await entries_after(cast.office, held, 0)
    assert told.body.event is EventName.MAIL_FAILED


async def test_only_where_there_is_a_way(cast: Cast) -> None:
    office, nour = cast.office, cast["nour"]
    joined = await join(office, nour, NewPerson(Role.CLIENT, "", "Ida", "ida@mail.example"))
    await refused(cast, joined.listed.person)
    await change_person(office, nour, cast["ruth"].id, Changes(no_email=True))
    await refused(cast, cast["ruth"])
    await change_person(office, nour, cast["tess"].id, Changes(active=False))
    await refused(cast, cast["tess"])
    for by in ("eli", "ruth"):
        with pytest.raises(NotFound):
            await invite_by_mail(office, cast[by], cast["linden"].id)


async def refused(cast: Cast, person: Person) -> None:
    with pytest.raises(Conflict):
        await invite_by_mail(cast.office, cast["nour"], person.id)
