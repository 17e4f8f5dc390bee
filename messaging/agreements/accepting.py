"""Agreeing to a version of a document, by name and time, and taking it back.

Both are entries of the record and lines of the trail. Withdrawing stops what is new, as before anything was agreed to; what
is under way goes on, and what was written stays.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from messaging.agreements.documents import Document, Version, binding, opened
from messaging.conversations import Circle
from messaging.errors import Conflict, NotFound
from messaging.facts import AgreementFacts
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.agreements import Agree, StoredAgreement, StoredDocument, StoredVersion, TakeBack
from messaging.memory.record import Effect
from messaging.messages import NO_BODY, Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.people import Role
from messaging.practice.founding import checked_name
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Pass
from messaging.trust.encryption import CannotOpen, Place
from messaging.trust.noted import Noted

AGREED: Final = "agreements.sealed"


class VersionReplaced(Conflict):
    """Somebody agrees to a text that is not the one that binds."""

    code = "version_replaced"
    words = "There is a newer version of this by now, so nothing was agreed to. Please read that one."


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody agreed to a version. `name`: as they wrote it; `digest`: of the text they read."""

    person: PersonId
    document: UUID
    version: int
    at: datetime
    withdrawn_at: datetime | None
    name: str = field(repr=False)
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as it stands in one conversation, and who agreed to which version of it.

    Of its versions the last is the one that binds, or will; before it those that somebody here agreed to stay readable.
    """

    document: Document
    agreed: tuple[Agreed, ...]

    @property
    def version(self) -> Version:
        """The one that is asked for now."""
        return self.document.versions[-1]

    def of(self, person: PersonId) -> Agreed | None:
        """What holds now of what they agreed to."""
        return next((o for o in reversed(self.agreed) if o.person == person and o.withdrawn_at is None), None)

    def is_needed(self, person: PersonId) -> bool:
        """Whether the one that binds is still to be agreed to."""
        held = self.of(person)
        return self.document.ended_at is None and (held is None or held.version < self.version.number)


async def agreements_of(office: Office, held: Pass) -> list[Standing]:
    """What binds in a conversation, and what anybody there agreed to; a client sees of agreements their own. Raises Busy."""
    stored = await office.memory.agreements.documents(held.practice)
    if not stored:
        return []
    kept = [
        one
        for one in await office.memory.agreements.agreed(held)
        if held.role.is_clinician or one.person == held.person
    ]
    wanted = {one.id: _wanted(one, kept, office.clock()) for one in stored}
    documents = await opened(office, held.practice, stored, wanted)
    agreed = await _opened(office, held, kept)
    found = [Standing(d, tuple(a for a in agreed if a.document == d.id)) for d in documents if d.versions]
    return [one for one in found if one.document.ended_at is None or one.agreed]


def one_of_each(standing: Sequence[Standing], person: PersonId, language: str = "") -> list[Standing]:
    """Of documents that say the same, the one this person agreed to; else the one in their language; else the original."""
    chosen: dict[UUID, Standing] = {}  # bound: documents.MOST
    for one in standing:
        rank = _rank(one, person, language)
        known = chosen.get(one.document.original)
        if known is None or rank > _rank(known, person, language):
            chosen[one.document.original] = one
    return list(chosen.values())


def _rank(one: Standing, person: PersonId, language: str) -> tuple[bool, bool, bool]:
    same = bool(language) and one.document.language.split("-")[0] == language.split("-", maxsplit=1)[0]
    return not one.is_needed(person), same, one.document.id == one.document.original


async def accept(
    office: Office, held: Pass, circle: Circle, document: UUID, version: int, name: str | None = None
) -> tuple[Agreed, bool]:
    """The holder agrees to this version; whether that is new. `name` None: as they are called here.

    Raises NotFound for who is not in care or what is not there, VersionReplaced, Malformed, Busy.
    """
    if held.role is not Role.CLIENT:
        raise NotFound
    signed = checked_name(circle.people[held.person].name if name is None else name)
    read = await _present(office, held, document, version)
    agreed = await office.memory.agreements.agreed(held)
    mine = [one for one in agreed if (one.document, one.person) == (document, held.person)]
    standing = next((one for one in mine if one.version == version and one.withdrawn_at is None), None)
    if standing is not None:
        return (await _opened(office, held, [standing]))[0], False
    made = Agreed(
        person=held.person,
        document=document,
        version=version,
        at=office.clock(),
        withdrawn_at=None,
        name=signed,
        digest=read.digest,
    )
    kept = await _sealed(office, held, made)
    await office.memory.trail.note(
        held.practice, made.at, held.person, Noted.AGREEMENT_ACCEPTED, held.conversation
    )
    facts = AgreementFacts(
        held.person, document=document, version=version, title=read.title, digest=read.digest
    )
    await _post(office, held, EventName.AGREEMENT_ACCEPTED, facts, len(mine), Agree(kept))
    return made, True


async def _present(office: Office, held: Pass, document: UUID, version: int) -> Version:
    """The version as it is read, where it binds or will. Raises NotFound, VersionReplaced."""
    stored = await _find(office, held, document)
    present = binding(stored, office.clock())
    named = next((one for one in stored.versions if one.number == version), None)
    if present is None or named is None:
        raise NotFound
    if version < present.number:
        raise VersionReplaced
    return (await opened(office, held.practice, [stored], {stored.id: (named,)}))[0].versions[0]


async def withdraw(office: Office, held: Pass, document: UUID) -> None:
    """What the holder agreed to of this document holds no more. Twice is once. Raises NotFound, Busy."""
    if held.role is not Role.CLIENT:
        raise NotFound
    stored = await _find(office, held, document)
    everything = await office.memory.agreements.documents(held.practice)
    same = {one.id for one in everything if one.original == stored.original}
    mine = [
        one
        for one in await office.memory.agreements.agreed(held)
        if one.person == held.person and one.document in same
    ]
    standing = [one for one in mine if one.withdrawn_at is None]
    if not standing:
        return
    number = max(one.version for one in standing)
    version = next(one for one in stored.versions if one.number == number)
    read = (await opened(office, held.practice, [stored], {stored.id: (version,)}))[0].versions[0]
    now = office.clock()
    await office.memory.trail.note(
        held.practice, now, held.person, Noted.AGREEMENT_WITHDRAWN, held.conversation
    )
    facts = AgreementFacts(
        held.person, document=document, version=number, title=read.title, digest=read.digest
    )
    effect = TakeBack(held.person, tuple(same), now)
    await _post(office, held, EventName.AGREEMENT_WITHDRAWN, facts, len(mine), effect)


async def _post(
    office: Office, held: Pass, event: EventName, facts: AgreementFacts, before: int, effect: Effect
) -> None:
    """Its key is made of what was agreed to before, so that a second press, or a second tab, writes it once."""
    key = uuid5(facts.document, f"{event} {held.conversation} {held.person} {facts.version} {before}")
    draft = Draft(
        key,
        Body(event=event, facts=facts),
        Channel.WEB,
        EntryKind.EVENT,
        effects=(effect,),
        at=office.clock(),
    )
    await post(office, Where.by(held), draft)


def _wanted(
    document: StoredDocument, agreed: Sequence[StoredAgreement], now: datetime
) -> tuple[StoredVersion, ...]:
    present = binding(document, now)
    if present is None:
        return ()
    read = {one.version for one in agreed if one.document == document.id} - {present.number}
    return (*(one for one in document.versions if one.number in read), present)


async def _find(office: Office, held: Pass, document: UUID) -> StoredDocument:
    found = await office.memory.agreements.documents(held.practice, document)
    if not found or found[0].ended_at is not None:
        raise NotFound
    return found[0]


async def _opened(office: Office, held: Pass, stored: Sequence[StoredAgreement]) -> list[Agreed]:
    found: list[Agreed] = []  # bound: what was agreed to in one conversation
    for one in stored:
        inside = await _inside(office, held, one)
        name, digest = inside.get("n", ""), inside.get("h", "")
        found.append(
            Agreed(
                person=one.person,
                document=one.document,
                version=one.version,
                at=one.at,
                withdrawn_at=one.withdrawn_at,
                name=name,
                digest=digest,
            )
        )
    return found


async def _sealed(office: Office, held: Pass, made: Agreed) -> StoredAgreement:
    row = office.new_id()
    inside = json.dumps({"n": made.name, "h": made.digest}, ensure_ascii=False).encode()
    key = await office.keyring.key(held.practice, held.conversation)
    sealed = office.keyring.seal(key, agreed_place(held.practice, held.conversation, row), inside)
    return StoredAgreement(
        id=row,
        person=made.person,
        document=made.document,
        version=made.version,
        at=made.at,
        withdrawn_at=None,
        sealed=sealed,
    )


async def _inside(office: Office, held: Pass, one: StoredAgreement) -> dict[str, Any]:
    try:
        key = await office.keyring.key(held.practice, held.conversation)
        inside: dict[str, Any] = json.loads(
            key.open(agreed_place(held.practice, held.conversation, one.id), one.sealed)
        )
    except (CannotOpen, *NO_BODY):
        return {}
    return inside


def agreed_place(practice: PracticeId, conversation: ConversationId, row: UUID) -> Place:
    """Where a name that somebody agreed by belongs."""
    return Place(AGREED, practice, conversation, row)
