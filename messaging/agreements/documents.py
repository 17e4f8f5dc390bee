"""The practice's own texts: what a client agrees to, by language and way of working, in versions that bind from a time.

A document that says the same in another language is a document of its own that names its original: whoever agrees to one of
them agrees. No version is ever changed; what was agreed to can always be read.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from messaging.conversations import Working
from messaging.errors import Conflict, Malformed, NoRoom, NotFound
from messaging.ids import PersonId, PracticeId
from messaging.memory.agreements import StoredDocument, StoredVersion
from messaging.memory.keys import OwnerKey
from messaging.messages import NO_BODY, checked_text
from messaging.notes.sealed import facts_of
from messaging.office import Office
from messaging.people import Person, Role
from messaging.sessions.wall_time import within_years
from messaging.trust.encryption import CannotOpen, DataKey, Place
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, tasks_of

VERSIONS: Final = "document_versions.sealed"
TEXT_LIMIT: Final = 60_000
"""Characters of a document: twenty pages, which is more than anybody reads before agreeing to it."""
TITLE_LIMIT: Final = 200
MOST: Final = 40
"""Documents of one practice: some languages by some ways of working."""
MOST_VERSIONS: Final = 200
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language as RFC 5646 writes it."""
OVERTAKEN: Final = (
    "Somebody else wrote a version meanwhile, so yours was not kept. Please look at theirs first."
)
UNREAD: Final = "[This text could not be opened. Please tell the practice.]"


@dataclass(frozen=True, slots=True)
class Version:
    """One version's text, in Markdown, and from when it binds."""

    number: int
    title: str = field(repr=False)
    text: str = field(repr=False)
    binds_from: datetime
    made_at: datetime
    digest: str
    """SHA-256 of the text in UTF-8, in hexadecimal: anybody can see whether it is the one they are shown."""

    @classmethod
    def new(cls, number: int, title: str, text: str, binds_from: datetime, made_at: datetime) -> "Version":
        """With the hash of its text."""
        return cls(
            number=number,
            title=title,
            text=text,
            binds_from=binds_from,
            made_at=made_at,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A document with some of its versions opened, the newest last. `original`: the one it says the same as."""

    id: UUID
    language: str
    way: Working
    original: UUID
    made_at: datetime
    ended_at: datetime | None
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """As it is handed in. `binds_from`: a moment, or a day on the practice's clock; None: at once."""

    title: str = field(repr=False)
    language: str
    way: Working
    text: object = field(repr=False)
    binds_from: datetime | date | None = None
    original: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """As it is handed in. `title` None: as before. `after`: the number it was written over, where it is said."""

    text: object = field(repr=False)
    title: str | None = field(default=None, repr=False)
    binds_from: datetime | date | None = None
    after: int | None = None


async def must_write_documents(office: Office, by: Person) -> None:
    """Administrators, and who works alone. Raises NotFound."""
    if Task.PRACTICE in tasks_of(by.role):
        return
    if by.role not in (Role.THERAPIST, Role.PSYCHIATRIST):
        raise NotFound
    everybody = await office.memory.people.all(by.practice)
    if any(o.active and o.role is not Role.CLIENT and by.id not in (o.id, o.hat_of) for o in everybody):
        raise NotFound


async def documents_of(office: Office, by: Person) -> list[Document]:
    """All of the practice, each with its newest version, for who may write them. Raises NotFound, Busy."""
    await must_write_documents(office, by)
    found = await office.memory.agreements.documents(by.practice)
    return await opened(office, by.practice, found, {one.id: one.versions[-1:] for one in found})


async def document_of(office: Office, by: Person, document: UUID) -> Document:
    """One with all its versions, for who may write them. Raises NotFound, Busy."""
    await must_write_documents(office, by)
    stored = await _find(office, by.practice, document)
    return (await opened(office, by.practice, [stored], {stored.id: stored.versions}))[0]


async def add_document(office: Office, by: Person, new: NewDocument) -> Document:
    """A document with its first version. Raises NotFound, Malformed, TooLong, Conflict where there are too many, Busy."""
    await must_write_documents(office, by)
    must_have_room(office)
    title, text = checked_text(new.title, TITLE_LIMIT).strip(), checked_text(new.text, TEXT_LIMIT)
    if LANGUAGE.fullmatch(new.language) is None:
        raise Malformed("A language is written like `en` or `de-AT`.")
    known = await office.memory.agreements.documents(by.practice)
    if len(known) >= MOST:
        raise Conflict(f"A practice has at most {MOST} documents. Please make a new version of one.")
    named = UUID(int=0) if new.original is None else new.original
    original = next((one for one in known if one.id == named), None)
    if new.original is not None and (original is None or original.original != original.id):
        raise NotFound
    begins = await _begins(office, by, new.binds_from)
    id_ = office.new_id()
    stored = StoredDocument(
        id=id_,
        language=new.language,
        way=original.way if original is not None else new.way,
        original=original.id if original is not None else id_,
        made_at=office.clock(),
        ended_at=None,
        versions=(),
    )
    made = await office.keyring.new_owner(by.practice, id_)
    first = _sealed(office, by, made.key, stored, Version.new(1, title, text, begins, stored.made_at))
    await office.memory.trail.note(by.practice, stored.made_at, by.id, Noted.DOCUMENT_ADDED, id_)
    key = OwnerKey(made.owner, made.wrapped)
    await office.memory.agreements.add_document(by.practice, stored, first, key)
    return await _reread(office, by, stored, first)


async def add_version(office: Office, by: Person, document: UUID, new: NewVersion) -> Document:
    """The next version, which is asked of everybody from its time on. The same words again are no version.

    Raises NotFound, Malformed, TooLong, Conflict where somebody else wrote one meanwhile, Busy.
    """
    await must_write_documents(office, by)
    must_have_room(office)
    text = checked_text(new.text, TEXT_LIMIT)
    stored = await _find(office, by.practice, document)
    if stored.ended_at is not None:
        raise Conflict("This document binds nobody any more. Please make a new one.")
    stands = (await opened(office, by.practice, [stored], {stored.id: stored.versions[-1:]}))[0]
    last = stands.versions[-1] if stands.versions else None
    if new.after is not None and (last is None or new.after != last.number):
        raise Conflict(OVERTAKEN)
    title = last.title if new.title is None and last else checked_text(new.title, TITLE_LIMIT).strip()
    if last is not None and (last.title, last.text) == (title, text):
        return stands
    if len(stored.versions) >= MOST_VERSIONS:
        raise Conflict("There are too many versions of this document. Please make a new one.")
    begins, now = await _begins(office, by, new.binds_from), office.clock()
    number = stored.versions[-1].number + 1 if stored.versions else 1
    key = await office.keyring.key(by.practice, stored.id)
    version = _sealed(office, by, key, stored, Version.new(number, title, text, begins, now))
    await office.memory.trail.note(by.practice, now, by.id, Noted.DOCUMENT_CHANGED, document)
    if not await office.memory.agreements.add_version(by.practice, version):
        raise Conflict(OVERTAKEN)
    return await _reread(office, by, stored, version)


async def end_document(office: Office, by: Person, document: UUID) -> None:
    """It binds nobody from now on, and stays readable for who agreed to it. Twice is once. Raises NotFound, Busy."""
    await must_write_documents(office, by)
    stored = await _find(office, by.practice, document)
    if stored.ended_at is None:
        await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.DOCUMENT_ENDED, document)
        await office.memory.agreements.end_document(by.practice, document, office.clock())


def _sealed(
    office: Office, by: Person, key: DataKey, document: StoredDocument, version: Version
) -> StoredVersion:
    stored = StoredVersion(
        document=document.id,
        number=version.number,
        author=by.id,
        made_at=version.made_at,
        binds_from=version.binds_from,
        sealed=b"",
    )
    inside = json.dumps({"t": version.title, "x": version.text}, ensure_ascii=False).encode()
    return replace(stored, sealed=office.keyring.seal(key, version_place(by.practice, stored), inside))


async def _reread(office: Office, by: Person, document: StoredDocument, version: StoredVersion) -> Document:
    """As it was kept: whoever wrote it is shown what everybody else will be."""
    made = replace(document, versions=(*document.versions, version))
    return (await opened(office, by.practice, [made], {document.id: (version,)}))[0]


async def _begins(office: Office, by: Person, said: datetime | date | None) -> datetime:
    """From when it binds: never before it was written, for nobody is bound by what they could not have read."""
    now = office.clock()
    if said is None:
        return now
    if not isinstance(said, datetime):
        practice = await office.memory.people.practice(by.practice)
        day = within_years(datetime.combine(said, time()))
        said = day.replace(tzinfo=ZoneInfo(practice.time_zone if practice else "UTC"))
    return max(said, now)


async def _find(office: Office, practice: PracticeId, document: UUID) -> StoredDocument:
    found = await office.memory.agreements.documents(practice, document)
    if not found:
        raise NotFound
    return found[0]


async def opened(
    office: Office,
    practice: PracticeId,
    stored: Sequence[StoredDocument],
    wanted: Mapping[UUID, tuple[StoredVersion, ...]],
) -> list[Document]:
    """These documents, with these versions of each opened: asked for together. Raises Busy."""
    asked = [(one.document, one.number) for versions in wanted.values() for one in versions]
    texts = {(v.document, v.number): v for v in await office.memory.agreements.versions(practice, asked)}
    await office.keyring.prefetch(practice, [one.id for one in stored])
    found: list[Document] = []  # bound: MOST
    for one in stored:
        named = [texts.get((v.document, v.number)) for v in wanted.get(one.id, ())]
        versions = tuple([await _version(office, practice, v) for v in named if v is not None])
        found.append(
            Document(
                id=one.id,
                language=one.language,
                way=one.way,
                original=one.original,
                made_at=one.made_at,
                ended_at=one.ended_at,
                versions=versions,
            )
        )
    return found


async def _version(office: Office, practice: PracticeId, stored: StoredVersion) -> Version:
    """One that does not open is shown as such: the others must not disappear with it."""
    try:
        key = await office.keyring.key(practice, stored.document)
        inside: dict[str, Any] = json.loads(key.open(version_place(practice, stored), stored.sealed))
        title, text = inside["t"], inside["x"]
    except (CannotOpen, *NO_BODY):
        title, text = UNREAD, UNREAD
    return Version.new(stored.number, title, text, stored.binds_from, stored.made_at)


def must_have_room(office: Office) -> None:
    """Nothing new is begun while the disk is nearly full. Raises NoRoom."""
    if not office.room_left():
        raise NoRoom


def binding(document: StoredDocument, now: datetime) -> StoredVersion | None:
    """The version that binds now, or, where none does yet, the first that will."""
    bound = [one for one in document.versions if one.binds_from <= now]
    return bound[-1] if bound else next(iter(document.versions), None)


def version_place(practice: PracticeId, version: StoredVersion) -> Place:
    """Where its words belong, and what stands beside them: from when it binds cannot be changed unnoticed."""
    facts = facts_of(PersonId(version.author), version.number, version.made_at, version.binds_from)
    return Place(VERSIONS, practice, version.document, version.document, facts)
