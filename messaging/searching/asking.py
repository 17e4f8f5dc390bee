"""Searching: staff look through their own caseload. The words go no further than the process that opens the entries.

Whoever may read a conversation may search it, from the entry on that is theirs to read; whoever administers finds nothing,
because they read nothing. Names of people are found beside the words, among the same conversations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from messaging.conversations import Circle, Conversation
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, PersonId, PracticeId, parse_uuid
from messaging.memory.searching import Narrowed, Sort
from messaging.notes.sealed import own_key_id
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import people_named
from messaging.searching.looking import Finder, Search, Source
from messaging.searching.opening import Hit
from messaging.searching.words import fold, words_of
from messaging.sessions.wall_time import day_or_moment
from messaging.trust.access import Deed, admit, may
from messaging.trust.alarms import Alarm, ring
from messaging.trust.noted import Noted

NAMES: Final = 20
"""Conversations found by the name of who is in them."""
_TURN: Final = 100
"""People whose names are opened before others have their turn."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it came: each as it was written, None where it was left out."""

    q: object = field(repr=False)
    conversation: object = None
    kind: object = None
    since: object = None
    until: object = None
    people: bool = False
    """Whether people are looked for by name, too."""


@dataclass(frozen=True, slots=True)
class Results:
    """What somebody is told: the hits, whose conversations they are in, and who is called what was asked for."""

    hits: Sequence[Hit]
    complete: bool
    circles: Mapping[ConversationId, Circle]
    named: Sequence[Circle] = ()
    words: Sequence[str] = field(default=(), repr=False)


async def search(office: Office, person: Person, asked: Asked, finder: Finder) -> Results:
    """Where the words stand in the person's caseload. Raises NotFound, Malformed, and what `Finder.find` does."""
    if not person.role.is_clinician:
        raise NotFound
    words = words_of(asked.q)
    narrowed = await _narrowed(office, person.practice, asked)
    conversations = await _readable(office, person, asked.conversation)
    only = conversations[0].id if asked.conversation is not None else None
    await office.memory.trail.note(person.practice, office.clock(), person.id, Noted.SEARCHED, only)
    wanted = await _sources(office, person, conversations)
    own = (await office.keyring.lend(person.practice, [own_key_id(person.id)])).get(own_key_id(person.id))
    found = await finder.find(Search(person.id, person.practice, wanted, words, narrowed, own))
    for entry in found.unreadable:
        ring(Alarm.ENTRY, entry)
    for note in found.unreadable_notes:
        ring(Alarm.NOTE, note)
    opened = not found.unreadable and not found.unreadable_notes and len(wanted) == len(conversations)
    entered = {one.held.conversation: one.held.first for one in wanted}
    theirs = await _still_theirs(office, person, found.hits, entered)
    return await _told(office, person, theirs, complete=found.complete and opened, words=words, asked=asked)


@dataclass(frozen=True, slots=True)
class _Theirs:
    """What is theirs now, and the conversations they may read now."""

    hits: Sequence[Hit]
    readable: Mapping[ConversationId, Conversation]


async def _still_theirs(
    office: Office, person: Person, hits: Sequence[Hit], entered: Mapping[ConversationId, int]
) -> _Theirs:
    """A pass is a statement about a moment, and a search takes seconds: who was removed meanwhile is told nothing."""
    still = {one.id: one for one in await _readable(office, person, None)}
    return _Theirs(
        [
            one
            for one in hits
            if one.conversation in still
            and _was_here(still[one.conversation], person, one, entered[one.conversation])
        ],
        still,
    )


async def _told(
    office: Office,
    person: Person,
    theirs: _Theirs,
    *,
    complete: bool,
    words: Sequence[str],
    asked: Asked,
) -> Results:
    """The trail first: whose words are shown beside the asker's own, and that own notes were used, never about whom."""
    hits, still, now = theirs.hits, theirs.readable, office.clock()
    foreign = {one.conversation for one in hits if one.author != person.id}
    if foreign:
        await office.memory.trail.note_daily(
            person.practice, now, person.id, Noted.PREVIEWED, sorted(foreign)
        )
    if any(one.own for one in hits):
        await office.memory.trail.note(person.practice, now, person.id, Noted.OWN_NOTES_USED, None)
    circles = await _circles(
        office,
        person.practice,
        list(still.values()) if asked.people else [still[one] for one in {hit.conversation for hit in hits}],
    )
    named = [one for one in circles.values() if asked.people and _is_called(one, words)][:NAMES]
    shown = {one.conversation for one in hits}
    return Results(hits, complete, {key: c for key, c in circles.items() if key in shown}, named, words)


def _was_here(conversation: Conversation, person: Person, hit: Hit, entered: int) -> bool:
    """`entered`: the first entry that was theirs when the search began. Who came anew meanwhile begins anew."""
    member = conversation.member(person.id)
    if member is None:
        return False
    if hit.note is not None:
        return may(person, conversation, Deed.NOTE) and member.first_number <= entered
    return hit.number >= member.first_number


async def _readable(office: Office, person: Person, wanted: object) -> list[Conversation]:
    """Those they may read, of which one may be `wanted` alone. Raises NotFound."""
    every = await office.memory.caseloads.of_person(person.practice, person.id)
    readable = [one for one in every if may(person, one, Deed.READ)]
    if wanted is None:
        return readable
    name = parse_uuid(wanted)
    if not isinstance(wanted, str):
        raise Malformed("`conversation` is the id of a conversation.")
    found = next((one for one in readable if one.id == name), None)
    if found is None:
        raise NotFound
    return [found]


async def _sources(office: Office, person: Person, conversations: Sequence[Conversation]) -> list[Source]:
    """Those whose keys are there, each with its way; what was erased has none."""
    keys = await office.keyring.lend(person.practice, [one.id for one in conversations])
    return [
        Source(
            admit(person, one, Deed.READ),
            keys[one.id],
            one.last_at or datetime.fromtimestamp(0, UTC),
            one.last_number,
            admit(person, one, Deed.NOTE) if may(person, one, Deed.NOTE) else None,
        )
        for one in conversations
        if one.id in keys
    ]


async def _circles(
    office: Office, practice: PracticeId, conversations: Sequence[Conversation]
) -> dict[ConversationId, Circle]:
    people: dict[PersonId, Person] = {}
    ids = list(dict.fromkeys(m.person for one in conversations for m in one.members))
    for begin in range(0, len(ids), _TURN):
        people |= await people_named(office, practice, ids[begin : begin + _TURN])
        await office.breathe()
    return {
        one.id: Circle(one, {m.person: people[m.person] for m in one.members if m.person in people})
        for one in conversations
    }


def _is_called(circle: Circle, words: Sequence[str]) -> bool:
    """Whether one of those in care is called so."""
    return any(all(word in fold(one.name) for word in words) for one in circle.clients)


async def _narrowed(office: Office, practice: PracticeId, asked: Asked) -> Narrowed:
    """Raises Malformed naming what cannot be read."""
    try:
        sort = None if asked.kind is None else Sort(asked.kind)  # type: ignore[arg-type]  # whatever it is
    except ValueError:
        raise Malformed(f"`kind` is one of {', '.join(Sort)}.") from None
    if asked.since is None and asked.until is None:
        return Narrowed(sort)
    found = await office.memory.people.practice(practice)
    zone = ZoneInfo(found.time_zone if found else "UTC")
    since = None if asked.since is None else day_or_moment("from", asked.since, zone)
    until = None if asked.until is None else day_or_moment("until", asked.until, zone, ends=True)
    if since is not None and until is not None and until <= since:
        raise Malformed("`until` is before `from`.")
    return Narrowed(sort, since, until)
