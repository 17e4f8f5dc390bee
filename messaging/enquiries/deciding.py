"""What becomes of an enquiry: somebody takes it on, refers it to a colleague, or declines it. Once, and the record says so.

Taken on, the conversation goes on as any other, with whoever took it on alone; who asked is let in by an invitation of their
own choosing. Until then nothing is agreed, and those who take enquiries read and answer it together.
"""

from typing import Final

from messaging.conversations import Circle, EnquiryState
from messaging.ending.care import Ending, end_care
from messaging.enquiries.asking import post_stand, reached_by, tell_of_enquiry
from messaging.errors import Conflict, NotFound
from messaging.facts_given import EnquiryFacts
from messaging.ids import ConversationId, PersonId
from messaging.office import Office
from messaging.people import Person
from messaging.practice.founding import invite
from messaging.record.reading import enter
from messaging.trust.access import Deed, Work, errand
from messaging.trust.noted import Noted

OVER: Final = "Somebody was faster: this enquiry is open no more."


async def claim(office: Office, by: Person, conversation: ConversationId) -> None:
    """It is theirs from now on, and no other colleague's. Raises NotFound, Conflict where it is open no more, Busy."""
    circle = await _open(office, by, conversation)
    way = errand(by.practice, conversation, Work.FOUNDING)
    now = office.clock()
    if not await office.memory.conversations.decide_enquiry(way, EnquiryState.CLAIMED, now, by.id):
        raise Conflict(OVER)
    await _said(office, by, circle, EnquiryFacts("claimed", by.id), Noted.ENQUIRY_CLAIMED)


async def refer(office: Office, by: Person, conversation: ConversationId, to: PersonId) -> None:
    """A colleague of the practice has it in their place, and decides. Raises NotFound, Conflict, Busy."""
    circle = await _open(office, by, conversation)
    found = await office.memory.people.find(by.practice, [to])
    if not found or not found[0].role.is_clinician or not found[0].active or to == by.id:
        raise NotFound
    way = errand(by.practice, conversation, Work.FOUNDING)
    await office.memory.conversations.add_member(way, to, found[0].role, office.clock(), from_waiting=True)
    await _said(office, by, circle, EnquiryFacts("referred", to), Noted.ENQUIRY_REFERRED)
    await office.memory.conversations.remove_member(way, by.id, office.clock())


async def decline(office: Office, by: Person, conversation: ConversationId) -> None:
    """It is not taken on. What was written stays readable for who asked, and nothing is promised any more.

    Raises NotFound, Conflict where it is open no more, Busy.
    """
    circle = await _open(office, by, conversation)
    way = errand(by.practice, conversation, Work.FOUNDING)
    if not await office.memory.conversations.decide_enquiry(way, EnquiryState.DECLINED, office.clock()):
        raise Conflict(OVER)
    await _said(office, by, circle, EnquiryFacts("declined", by.id), Noted.ENQUIRY_DECLINED)
    await end_care(office, by, conversation, Ending(knowingly=True))


async def way_in(office: Office, person: Person, circle: Circle) -> str:
    """An invitation for who asked, once they were taken on: what opens it. Raises NotFound while they are not."""
    if circle.conversation.enquiry is not EnquiryState.CLAIMED:
        raise NotFound
    return await invite(office, person)


async def _open(office: Office, by: Person, conversation: ConversationId) -> Circle:
    _, circle = await enter(office, by, conversation, Deed.DECIDE)
    if circle.conversation.enquiry is None:
        raise NotFound
    if circle.conversation.enquiry is not EnquiryState.OPEN:
        raise Conflict(OVER)
    return circle


async def _said(office: Office, by: Person, circle: Circle, facts: EnquiryFacts, act: Noted) -> None:
    conversation = circle.conversation
    await post_stand(office, by.practice, conversation.id, facts)
    await office.memory.trail.note(by.practice, office.clock(), by.id, act, conversation.id)
    if act is not Noted.ENQUIRY_REFERRED:
        for one in circle.clients:
            await tell_of_enquiry(office, one, await reached_by(office, circle))
