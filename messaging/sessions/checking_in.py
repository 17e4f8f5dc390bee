"""Checking in before a session, and again within it: where, alone or not, the code word, a telephone for plan B.

The client answers; those who care for them read it. Nothing opens by itself on an answer: that stays a decision.
"""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from messaging.conversations import Circle, Session
from messaging.errors import Conflict, Malformed, NoSession, NotFound
from messaging.facts import CheckInFacts
from messaging.ids import EntryId, PersonId
from messaging.memory.check_ins import KeepCheckIn, StoredCheckIn
from messaging.memory.record import Outcome
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Role
from messaging.record.posting import Draft, Where, post
from messaging.sessions.at_hand import waiting_room_open
from messaging.sessions.countries import COUNTRIES
from messaging.sessions.recognising import choose_word, compare
from messaging.sessions.standings import Answers, Step, encode, place_of
from messaging.trust.access import Deed, Pass
from messaging.trust.code_words import WordVerdict

PLACE_LIMIT: Final = 120
PHONE_LIMIT: Final = 40
FEWEST_DIGITS: Final = 5
IN_A_NUMBER: Final = frozenset("0123456789 +-()/.")


@dataclass(frozen=True, slots=True)
class Given:
    """What a client sends. `word` is compared and never kept; `new_word` is chosen where there is none yet."""

    place: str = field(repr=False)
    region: str = field(repr=False)
    alone: bool
    phone: str = field(default="", repr=False)
    word: str = field(default="", repr=False)
    new_word: str = field(default="", repr=False)


def checked_place(raw: object) -> str:
    """One line of words. Raises Malformed."""
    place = " ".join(raw.split()) if isinstance(raw, str) else ""
    if not place:
        raise Malformed("Please say where you are: a town, or a place in it.")
    if len(place) > PLACE_LIMIT or any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in place):
        raise Malformed("A place has at most %(most)s letters in one line.", {"most": PLACE_LIMIT})
    return place


def checked_region(raw: object) -> str:
    """An ISO 3166-1 alpha-2 code. Raises Malformed."""
    if not isinstance(raw, str) or raw not in COUNTRIES:
        raise Malformed("Please choose the country or region you are in.")
    return raw


def checked_phone(raw: object) -> str:
    """A telephone number as people write it, or nothing. Raises Malformed."""
    phone = " ".join(raw.split()) if isinstance(raw, str) else ""
    digits = sum(sign.isdigit() for sign in phone)
    if phone and (len(phone) > PHONE_LIMIT or not IN_A_NUMBER.issuperset(phone) or digits < FEWEST_DIGITS):
        raise Malformed("That does not look like a telephone number.")
    return phone


def dialled(phone: str) -> str:
    """The number as a telephone takes it (RFC 3966): digits, and the plus in front."""
    return ("+" if phone.lstrip().startswith("+") else "") + "".join(s for s in phone if s.isdigit())


async def check_in(
    office: Office, held: Pass, session: Session, key: UUID, given: Given, *, comparing: bool = True
) -> Outcome:
    """A client checks in. Raises Malformed, NoSession, NotFound, Busy.

    What comes back is the same whatever the word's verdict. `comparing` is False when the client has tried too often
    within minutes: the check-in counts, the word is not looked at.
    """
    if held.role is not Role.CLIENT:
        raise NotFound
    _must_be_at_hand(office, held, session)
    place, region, phone = (
        checked_place(given.place),
        checked_region(given.region),
        checked_phone(given.phone),
    )
    verdict = await _verdict(office, held, given, comparing=comparing)
    answers = Answers(place, region, given.alone, phone, verdict)
    complete = bool(phone) and verdict is not WordVerdict.NOT_GIVEN
    about = _About(EventName.CHECKED_IN, Step.ANSWERED, session, held.person, key)
    return await _write(office, held, about, answers, complete=complete)


async def ask_again(
    office: Office, held: Pass, circle: Circle, session: Session, client: PersonId, key: UUID
) -> Outcome:
    """A clinician asks a client to check in (once more). Raises NoSession, NotFound."""
    _must_care_for(held, circle, client)
    _must_be_at_hand(office, held, session)
    about = _About(EventName.CHECK_IN_ASKED, Step.ASKED, session, client, key)
    return await _write(office, held, about, Answers())


async def let_in(
    office: Office, held: Pass, circle: Circle, session: Session, client: PersonId, key: UUID
) -> Outcome:
    """A clinician lets a client in without a check-in; the record says so. Raises NoSession, NotFound."""
    _must_care_for(held, circle, client)
    _must_be_at_hand(office, held, session)
    about = _About(EventName.CHECK_IN_WAIVED, Step.WAIVED, session, client, key)
    return await _write(office, held, about, Answers())


def _must_care_for(held: Pass, circle: Circle, client: PersonId) -> None:
    if held.deed is not Deed.HOLD_SESSION or client not in {person.id for person in circle.clients}:
        raise NotFound


def _must_be_at_hand(office: Office, held: Pass, session: Session) -> None:
    if session.conversation != held.conversation:
        raise NotFound
    if not waiting_room_open(session, office.clock()):
        raise NoSession("There is no session to check in for now.")


async def _verdict(office: Office, held: Pass, given: Given, *, comparing: bool) -> WordVerdict:
    word = given.word
    if given.new_word.strip():
        try:
            await choose_word(office, held.practice, held.person, given.new_word, instead=False)
        except Conflict:  # chosen meanwhile, in another window or by an answer that got lost
            word = given.new_word
        else:
            return WordVerdict.CHOSEN
    if not word.strip():
        kept = await office.memory.check_ins.code_word(held.practice, held.person)
        return WordVerdict.NOT_GIVEN if kept else WordVerdict.NONE_SET
    if not comparing:
        return WordVerdict.NOT_COMPARED
    return await compare(office, held.practice, held.person, word)


@dataclass(frozen=True, slots=True)
class _About:
    event: EventName
    step: Step
    session: Session
    client: PersonId
    key: UUID


async def _write(
    office: Office, held: Pass, about: _About, answers: Answers, *, complete: bool | None = None
) -> Outcome:
    """The event and the sealed answers in one transaction."""
    check_in = office.new_id()
    key = await office.keyring.key(held.practice, held.conversation)
    place = place_of(held.practice, held.conversation, check_in)
    sealed = office.keyring.seal(key, place, encode(about.step, answers))
    kept = StoredCheckIn(check_in, about.session.id, about.client, office.clock(), sealed)
    draft = Draft(
        about.key,
        Body(event=about.event, facts=CheckInFacts(about.session.id, about.client, complete)),
        Channel.WEB,
        EntryKind.EVENT,
        id=EntryId(office.new_id()),
        effects=(KeepCheckIn(kept),),
    )
    return await post(office, Where.by(held), draft)
