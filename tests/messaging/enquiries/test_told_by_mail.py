"""Who asked and gave an address is told by a mail in fixed words: once for an address and day, and never a letter."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from messaging.enquiries.asking import Enquiry, enquire, enquirer
from messaging.enquiries.deciding import claim
from messaging.enquiries.public import change_details, public_page
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.people import PublicPage
from messaging.record.reading import enter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay

REACH = "anna@mail.example"


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


async def test_one_mail_a_day_leads_back_and_no_letter_goes_there(cast: Cast, relay: FakeRelay) -> None:
    office = cast.office
    await office.memory.people.set_practice(replace(cast.practice, page=PublicPage()))
    await change_details(office, cast["nour"], cast["mira"].id, takes_enquiries=True)
    public = await public_page(office, cast.practice.slug)
    for _ in range(3):
        await enquire(office, public, Enquiry("Anna", "CANARY", REACH))
    mira = cast["mira"]
    line = next(one for one in await inbox(office, mira) if one.conversation.enquiry)
    held, circle = await enter(office, mira, line.conversation.id, Deed.WRITE)
    await write_letter(office, held, circle, Letter(office.new_id(), "Dear Anna, CANARY."))
    await claim(office, mira, line.conversation.id)
    await send(office, relay)
    (mail,) = [message_from_bytes(raw, policy=default) for raw in relay.to(REACH)]
    words = f"{mail['subject']} {mail.get_content()}"
    assert not re.search("CANARY|Anna|Mira|therap|enquir(?!y#)", words, re.IGNORECASE)
    (token,) = re.findall(r"/enquiry#([\w-]+)", words)
    person, _ = await enquirer(office, token)
    assert (person.name, person.email) == ("Anna", None)
