"""Somebody who is not in care asks: their words begin a conversation of their own, which those who take enquiries answer.

    the public page > a person by the name they gave, and their conversation > their letter, by the one door > a way back

Who asks has no password. A link that is theirs alone leads back to what they wrote and to the answer.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from messaging.addresses import valid_address
from messaging.conversations import Circle, EnquiryState, Kind, Member
from messaging.enquiries.public import Public
from messaging.entrance.signing_in import begin
from messaging.errors import Conflict, Malformed, NotSignedIn
from messaging.facts_given import EnquiryFacts
from messaging.ids import ConversationId, MailId, PersonId, PracticeId
from messaging.leaving.own_account import tell_of_account
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailForm
from messaging.memory.record import Gate
from messaging.memory.sign_ins import SignInKind
from messaging.messages import LETTER_LIMIT, Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Identity, Person, Role
from messaging.practice.founding import (
    NewPerson,
    add_person,
    checked_name,
    keep_new,
    new_conversation,
    ref_hash,
)
from messaging.practice.identity import made_pseudonym
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import enter, open_entries, open_person
from messaging.trust.access import Deed, Work, errand
from messaging.trust.noted import Noted
from messaging.trust.tokens import read_token

LASTS: Final = timedelta(days=60)
"""How long a link leads back. Each mail has a fresh one."""
REACH: Final = 200
"""Characters."""
NOBODY: Final = "Nobody takes enquiries here at the moment."


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What somebody asks. `reach`: a telephone number or an address, if they wish; `whom`: whom they would like."""

    name: str = field(repr=False)
    text: str = field(repr=False)
    reach: str = field(default="", repr=False)
    whom: PersonId | None = None
    key: UUID | None = None
    """The same once more is the same enquiry."""


async def enquire(office: Office, public: Public, asked: Enquiry) -> str:
    """It is kept; what opens the way back to it. Raises Malformed, TooLong, Conflict where nobody takes any, Busy."""
    practice = public.practice.id
    asked = _checked(public, asked)
    if not public.takers:
        raise Conflict(NOBODY)
    key = asked.key or office.new_id()
    person = await _known(office, practice, key) or await _begun(office, public, asked, key)
    token = await begin(office, practice, person.id, SignInKind.ENQUIRY, LASTS)
    await tell_of_enquiry(office, person, asked.reach)
    return token.text


def _checked(public: Public, asked: Enquiry) -> Enquiry:
    name, text = checked_name(asked.name), checked_text(asked.text, LETTER_LIMIT)
    reach = asked.reach.strip()
    if len(reach) > REACH or not reach.isprintable():
        raise Malformed(f"How you can be reached has at most {REACH} characters on one line.")
    if asked.whom is not None and asked.whom not in {one.id for one in public.people}:
        raise Malformed("Whom you would like is nobody of this practice.")
    return replace(asked, name=name, text=text, reach=reach)


async def _known(office: Office, practice: PracticeId, key: UUID) -> Person | None:
    """Who asked it the first time, if they did and it was kept whole."""
    for where, person in await office.memory.directory.find(
        "person_ref", ref_hash(office, practice, _ref(key))
    ):
        found = await office.memory.people.find(where, [PersonId(person)]) if where == practice else []
        if found and await enquiry_of(office, await open_person(office, found[0])) is not None:
            return await open_person(office, found[0])
    return None


def _ref(key: UUID) -> str:
    return f"enquiry/{key}"


async def _begun(office: Office, public: Public, asked: Enquiry, key: UUID) -> Person:
    practice = public.practice.id
    username = f"{made_pseudonym(office)}-{office.random(3).hex()}"
    new = NewPerson(Role.CLIENT, username, asked.name, ref=_ref(key), identity=Identity.PSEUDONYMOUS)
    person = await add_person(office, practice, new)
    members = (Member(person.id, Role.CLIENT), *(Member(one.id, one.role) for one in public.takers))
    new_one = new_conversation(office, practice, Kind.INDIVIDUAL, members)
    made = await keep_new(office, replace(new_one, enquiry=EnquiryState.OPEN))
    facts = EnquiryFacts("asked", person.id, asked.reach or None, asked.whom)
    await post_stand(office, practice, made.id, facts)
    held, circle = await enter(office, person, made.id, Deed.WRITE)
    await write_letter(office, held, circle, Letter(key, asked.text))
    await office.memory.trail.note(practice, office.clock(), person.id, Noted.ENQUIRED, made.id)
    return person


async def post_stand(
    office: Office, practice: PracticeId, conversation: ConversationId, facts: EnquiryFacts
) -> None:
    """How it stands from here on, in the record. Twice is once."""
    draft = Draft(
        uuid5(conversation, f"enquiry {facts.state} {facts.who}"),
        Body(event=EventName.ENQUIRY, facts=facts),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
    )
    await post(office, Where.by_nobody(errand(practice, conversation, Work.FOUNDING)), draft)


async def tell_of_enquiry(office: Office, person: Person, reach: str) -> None:
    """By a mail in fixed words, where they gave an address: one for each address and day, whoever wrote it there."""
    if not valid_address(reach):
        return
    day = office.clock().date().isoformat()
    hashed = office.installation.lookup("enquiry_mail", f"{person.practice.hex}/{reach.casefold()}/{day}")
    name = MailId(uuid5(person.practice, hashed.hex()))
    token = await begin(office, person.practice, person.id, SignInKind.ENQUIRY, LASTS)
    until = office.clock() + LASTS
    told = Person(person.practice, person.id, person.role, person.name, reach)
    await tell_of_account(office, told, MailForm.ENQUIRY, token.text, until, mail=name)


async def enquirer(office: Office, shown: str) -> tuple[Person, Circle]:
    """Whose link it is, and their conversation. Raises NotSignedIn for every one that is not, or no longer, good; Busy."""
    token = read_token(shown)
    found = await office.memory.sign_ins.find(token.practice, token.hash) if token is not None else None
    if found is None or found.kind is not SignInKind.ENQUIRY or office.clock() >= found.expires_at:
        raise NotSignedIn
    stored = await office.memory.people.find(found.practice, [found.person])
    if not stored or not stored[0].active:
        raise NotSignedIn
    person = await open_person(office, stored[0])
    circle = await enquiry_of(office, person)
    if circle is None:
        raise NotSignedIn
    return person, circle


async def enquiry_of(office: Office, person: Person) -> Circle | None:
    """The conversation that somebody's enquiry began."""
    for row in await office.memory.inboxes.of_person(person.practice, person.id):
        if row.conversation.enquiry is not None:
            return (await enter(office, person, row.conversation.id, Deed.READ))[1]
    return None


async def reached_by(office: Office, circle: Circle) -> str:
    """How who asked said they can be reached; empty where they did not. Raises Busy."""
    conversation = circle.conversation
    way = errand(conversation.practice, conversation.id, Work.LEAVING)
    for entry in await open_entries(office, way.practice, await office.memory.threads.after(way, 0, 1)):
        if isinstance(entry.body.facts, EnquiryFacts):
            return entry.body.facts.reach or ""
    return ""
