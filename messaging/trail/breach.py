"""A breach: who could have read what, from when until when, for who must tell an authority within 72 hours (GDPR, Art. 33).

Made at the machine, with a reason; it is itself a line of the trail, written before anything is asked. Counts, ids, times
and the names everybody here is called by; never a word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from messaging.errors import Malformed, NotFound
from messaging.ids import SYSTEM, ConversationId, PersonId, PracticeId
from messaging.memory.trail import Access, Asked, Line, Mark, Openings, Span, Window
from messaging.office import Office
from messaging.people import Person
from messaging.practice.founding import practice_named
from messaging.practice.operating import act_said, practice_ids
from messaging.record.reading import people_named
from messaging.trust.matters import Matter, acts_of
from messaging.trust.noted import Noted, act_of

AT_ONCE: Final = 1_000
"""Lines read together."""
MOST: Final = 20_000
"""Lines of acts that a report names one by one; beyond that it says that there are more."""
NAMED: Final = frozenset(
    {
        Noted.LETTER_OPENED,
        Noted.SIGNED_IN,
        Noted.WRONG_CODE,
        Noted.WRONG_PASSKEY,
        Noted.HAT_CHANGED,
        Noted.INVITATION_USED,
        Noted.TOKEN_CREATED,
        Noted.TOKEN_REVOKED,
        *acts_of(Matter.WAYS_IN),
        *acts_of(Matter.PEOPLE),
        *acts_of(Matter.HANDING_OUT),
        *acts_of(Matter.ENDING),
    }
)
"""Acts by which somebody came to read, or that show that somebody tried; openings are counted."""
OF_ALL: Final = frozenset(
    {
        *(Noted.BACKED_UP, Noted.RESTORED, Noted.MASTER_KEY_ROTATED, Noted.PROVISIONED),
        *(Noted.DATABASE_UPGRADED, Noted.PRACTICE_HANDED_OUT, Noted.PRACTICE_FETCHED),
    }
)
"""Acts that are about everybody's records."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom or what the report is about: one of them, or the whole practice. Times without a zone are the practice's."""

    since: datetime
    until: datetime
    practice: PracticeId | None = None
    person: PersonId | None = None
    conversation: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    window: Window
    made: datetime
    spans: Sequence[Span]
    openings: Sequence[Openings]
    sign_ins: Sequence[Access]
    acts: Sequence[Line]
    more_acts: bool
    names: Mapping[PersonId, Person] = field(repr=False)

    @property
    def conversations(self) -> Sequence[ConversationId]:
        """Those that could have been read."""
        return tuple(dict.fromkeys(span.conversation for span in self.spans))


async def report(office: Office, about: About, reason: str) -> Report:
    """What the trail and the tables say.

    Raises Malformed for a window that ends before it begins or a reason of other than 1 to 200 characters, NotFound, Busy.
    """
    practice = about.practice or await _practice_of(office, about.conversation)
    window = await _window(office, practice, about)
    said = act_said(Noted.BREACH_REPORTED, reason)
    subject: UUID | None = about.person or about.conversation
    await office.memory.trail.note(practice, office.clock(), SYSTEM, said, subject)
    known = office.memory.exposures
    spans = await known.spans(window, about.person, about.conversation)
    people = {span.person for span in spans} | ({about.person} if about.person else set())
    held = list(dict.fromkeys(span.conversation for span in spans))
    acts, more = await _acts(office, window, people, {*people, *held})
    openings = await known.openings(window, held)
    actors = {one.person for one in openings} | {line.actor for line in acts}
    return Report(
        window=window,
        made=office.clock(),
        spans=spans,
        openings=openings,
        sign_ins=await known.sign_ins(window, people),
        acts=acts,
        more_acts=more,
        names=await people_named(office, practice, people | actors),
    )


async def _practice_of(office: Office, conversation: ConversationId | None) -> PracticeId:
    if conversation is not None:
        for practice in await practice_ids(office):
            if await office.memory.conversations.find(practice, conversation) is not None:
                return practice
    raise NotFound("there is no such conversation")


async def _window(office: Office, practice: PracticeId, about: About) -> Window:
    found = await practice_named(office, practice)
    if found is None:
        raise NotFound
    zone = ZoneInfo(found.time_zone)
    since, until = (one if one.tzinfo else one.replace(tzinfo=zone) for one in (about.since, about.until))
    if since >= until:
        raise Malformed("the time it ends at must be after the time it begins at")
    return Window(practice, since, until)


async def _acts(
    office: Office, window: Window, people: set[PersonId], subjects: set[UUID]
) -> tuple[list[Line], bool]:
    """The oldest first, of those who could read and about what could be read."""
    asked = Asked(acts=NAMED, since=window.since, until=window.until)
    before: Mark | None = None
    found: list[Line] = []
    while len(found) <= MOST:  # bound: MOST lines, or the window's
        stood = await office.memory.trail_lines.newest(window.practice, asked, before, AT_ONCE)
        if not stood:
            break
        found += [one.line for one in stood if _matters(one.line, people, subjects)]
        before = stood[-1].mark
    return found[MOST - 1 :: -1] if len(found) > MOST else found[::-1], len(found) > MOST


def _matters(line: Line, people: set[PersonId], subjects: set[UUID]) -> bool:
    return line.actor in people or line.subject in subjects or act_of(line.action)[0] in OF_ALL
