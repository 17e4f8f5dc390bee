"""Break-glass: a sealed identity is opened, with a reason, a second person where there is one, and its client told.

Whoever answers for the client asks; somebody else who does says yes within a day; for an hour the asker may open it. Where
nobody else could say yes it is opened at once. The request lies sealed with the client's details. Each step is a line of
the trail, written before anything else happens.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Kind
from messaging.details import Details, decode_details, encode_details, person_place
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Busy, Conflict, NotFound
from messaging.facts import IdentityFacts
from messaging.ids import PersonId
from messaging.memory.people import StoredPerson
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Identity, Person, Role
from messaging.practice.caseload import charge_of
from messaging.practice.identity import open_name
from messaging.practice.openings import IdentityOpening, with_opening
from messaging.practice.operating import act_said
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import people_named
from messaging.trust.access import Work, errand
from messaging.trust.encryption import DataKey
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, tasks_of

WAITS: Final = timedelta(hours=24)
"""How long a second person can say yes."""
STANDS_OPEN: Final = timedelta(hours=1)
"""How long the asker can open it after that."""
NOBODY_ASKS: Final = "Nobody asks for this any more. It can be asked for once more."
NOT_ALONE: Final = "A yes comes from somebody else than who asks."
ANOTHER_ASKS: Final = (
    "Somebody else has asked already: say yes to them, or wait until their request has lapsed."
)


@dataclass(frozen=True, slots=True)
class Request:
    """That somebody wants to know who a client is. `unsafe`: telling the client could do harm, so they are not told."""

    id: UUID
    by: PersonId
    at: datetime
    reason: str = field(repr=False)
    unsafe: bool = False
    allowed_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """When it lapses."""
        return self.at + WAITS if self.allowed_at is None else self.allowed_at + STANDS_OPEN


@dataclass(frozen=True, slots=True)
class Opened:
    """Who a client is. `told`: whether they are, in a record of theirs alone or, without one, on their own pages."""

    name: str = field(repr=False)
    email: str | None = field(repr=False)
    told: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands for one who answers for the client. `asker`: by name; `own`: the reader's request, under either hat."""

    alone: bool
    """Nobody else could say yes."""
    request: Request | None = None
    asker: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class _Sealed:
    stored: StoredPerson
    key: DataKey
    details: Details


async def standing_of(office: Office, by: Person, person: PersonId) -> Standing | None:
    """What has been asked of one in one's charge; None: nothing is sealed. Raises NotFound, Busy."""
    stored = await charge_of(office, by, person)
    if stored.role is not Role.CLIENT:
        return None
    found = await _opened(office, stored)
    if found.details.identity is not Identity.SEALED:
        return None
    alone, request = not await _somebody_else(office, by, person), _request(office, found.details)
    if request is None:
        return Standing(alone)
    named = await people_named(office, by.practice, [request.by])
    asker = named[request.by].name if request.by in named else ""
    return Standing(alone, request, asker, await _human_of(office, by, request.by) == _human(by))


async def ask_who(
    office: Office,
    signed_in: SignedIn,
    person: PersonId,
    reason: str,
    *,
    unsafe: bool = False,
    key: UUID | None = None,
) -> Opened | None:
    """Opened at once where nobody else could say yes; None: it waits for somebody's. The same `key` is the same request.

    Raises NotFound, StepUp, Malformed for a reason of other than 1 to 200 characters, Conflict, Busy.
    """
    by = signed_in.person
    found = await _in_charge(office, signed_in, person)
    standing = _request(office, found.details)
    if standing is not None and await _human_of(office, by, standing.by) != _human(by):
        raise Conflict(ANOTHER_ASKS)
    act = act_said(Noted.IDENTITY_ASKED, reason)
    said = " ".join(reason.split())
    named = office.new_id() if key is None else uuid5(person, f"{by.id}/{key}")
    if standing is not None and standing.id == named:
        return None  # pressed twice
    request = Request(named, by.id, office.clock(), said, unsafe)
    await office.memory.trail.note(by.practice, office.clock(), by.id, act, person)
    if not await _somebody_else(office, by, person):
        return await _open(office, by, found, request)
    await _keep(office, found, request)
    return None


async def say_yes_to_it(office: Office, signed_in: SignedIn, person: PersonId, request: UUID) -> None:
    """Somebody else agrees to the request they have read. Twice is once. Raises NotFound, StepUp, Conflict, Busy."""
    by = signed_in.person
    found = await _in_charge(office, signed_in, person)
    asked = _request(office, found.details)
    if asked is None or asked.id != request:
        raise Conflict(NOBODY_ASKS)
    if await _human_of(office, by, asked.by) == _human(by):
        raise Conflict(NOT_ALONE)
    if asked.allowed_at is not None:
        return
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.IDENTITY_ALLOWED, person)
    await _keep(office, found, replace(asked, allowed_at=office.clock()))


async def withdraw_it(office: Office, signed_in: SignedIn, person: PersonId) -> None:
    """Who asked does so no more, also after a yes. Twice is once. Raises NotFound, StepUp, Conflict, Busy."""
    by = signed_in.person
    found = await _in_charge(office, signed_in, person)
    asked = _request(office, found.details)
    if asked is None:
        return
    if await _human_of(office, by, asked.by) != _human(by):
        raise Conflict(ANOTHER_ASKS)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.IDENTITY_WITHDRAWN, person)
    await _keep(office, found, None)


async def open_who(office: Office, signed_in: SignedIn, person: PersonId) -> Opened:
    """By who asked, within the hour after the yes; each time is noted. Raises NotFound, StepUp, Conflict, Busy."""
    by = signed_in.person
    found = await _in_charge(office, signed_in, person)
    asked = _request(office, found.details)
    if asked is None or asked.allowed_at is None or asked.by != by.id:
        raise Conflict(NOBODY_ASKS)
    return await _open(office, by, found, asked)


async def _in_charge(office: Office, signed_in: SignedIn, person: PersonId) -> _Sealed:
    stored = await charge_of(office, signed_in.person, person)
    if stored.role is not Role.CLIENT:
        raise NotFound
    must_be_stepped_up(office, signed_in)
    found = await _opened(office, stored)
    if found.details.identity is not Identity.SEALED:
        raise NotFound
    return found


async def _opened(office: Office, stored: StoredPerson) -> _Sealed:
    key = await office.keyring.key(stored.practice, stored.id)
    return _Sealed(
        stored, key, decode_details(key.open(person_place(stored.practice, stored.id), stored.sealed))
    )


async def _open(office: Office, by: Person, found: _Sealed, request: Request) -> Opened:
    """First the trail, then the client, and only then whoever asked."""
    person = found.stored.id
    act = act_said(Noted.IDENTITY_OPENED_UNTOLD if request.unsafe else Noted.IDENTITY_OPENED, request.reason)
    await office.memory.trail.note(by.practice, office.clock(), by.id, act, person)
    if not request.unsafe:
        await _tell(office, by, found, request)
    name = open_name(found.key, found.stored.practice, person, found.details)
    return Opened(name or found.details.name, found.details.email, told=not request.unsafe)


async def _tell(office: Office, by: Person, found: _Sealed, request: Request) -> None:
    """In each record that is theirs alone, once a request; in one of several people the others would learn of it.

    Who has none is told on their own pages. Raises Busy, and nobody is shown anything then.
    """
    rows = await office.memory.inboxes.of_person(by.practice, found.stored.id)
    alone = [row.conversation.id for row in rows if row.conversation.kind is Kind.INDIVIDUAL]
    for conversation in alone:
        facts = IdentityFacts(by.id, by.name, request.reason)
        draft = Draft(
            uuid5(conversation, f"{EventName.IDENTITY_OPENED} {request.id}"),
            Body(event=EventName.IDENTITY_OPENED, facts=facts),
            Channel.WEB,
            EntryKind.EVENT,
            gate=Gate.SYSTEM,
        )
        await post(office, Where.by_nobody(errand(by.practice, conversation, Work.FOUNDING)), draft)
    if not alone:
        opening = IdentityOpening(request.id, by.id, by.name, office.clock(), request.reason)
        await _reseal(office, found, with_opening(found.details, opening))


async def _somebody_else(office: Office, by: Person, person: PersonId) -> bool:
    """Whether another human here answers for the client too: two hats are one."""
    for one in await office.memory.people.all(by.practice):
        if not one.active or (one.hat_of or one.id) == _human(by) or Task.CLIENTS not in tasks_of(one.role):
            continue
        if Task.STAFF in tasks_of(one.role):
            return True
        if person in await office.memory.people.own_clients(by.practice, one.id):
            return True
    return False


def _human(one: Person | StoredPerson) -> PersonId:
    return one.hat_of or one.id


async def _human_of(office: Office, by: Person, person: PersonId) -> PersonId:
    found = await office.memory.people.find(by.practice, [person])
    return _human(found[0]) if found else person


async def _keep(office: Office, found: _Sealed, request: Request | None) -> None:
    await _reseal(office, found, replace(found.details, glass=_written(request) if request else ""))


async def _reseal(office: Office, found: _Sealed, now: Details) -> None:
    """Raises Busy where their details have become others meanwhile: what was read is not what would be written over."""
    stored = found.stored
    sealed = office.keyring.seal(found.key, person_place(stored.practice, stored.id), encode_details(now))
    if not await office.memory.people.reseal(stored.practice, stored.id, stored.sealed, sealed):
        raise Busy


def _written(request: Request) -> str:
    held = {"id": str(request.id), "by": str(request.by), "at": request.at.isoformat(), "why": request.reason}
    held |= {"unsafe": "yes"} if request.unsafe else {}
    held |= {"yes": request.allowed_at.isoformat()} if request.allowed_at else {}
    return json.dumps(held, ensure_ascii=False)


def _request(office: Office, details: Details) -> Request | None:
    """The one that stands; None where none was made, or it has lapsed."""
    if not details.glass:
        return None
    held = json.loads(details.glass)
    request = Request(
        UUID(held["id"]),
        PersonId(UUID(held["by"])),
        datetime.fromisoformat(held["at"]),
        held["why"],
        held.get("unsafe") == "yes",
        datetime.fromisoformat(held["yes"]) if "yes" in held else None,
    )
    return request if office.clock() < request.until else None
