"""A record for health records: a document as HL7 FHIR R4B has it (hl7.org/fhir/R4B, Bundle of type `document`).

First a Composition that names everything, then the practice, the people and the sessions, then a Communication for each
entry, and for each file a DocumentReference with its Binary. Every resource is named by `urn:uuid:`; an entry's is made of
its number, so that the Composition can name what has not been read yet.
"""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, assert_never
from uuid import UUID, uuid5

from messaging.conversations import Session, SessionState
from messaging.exporting.notes import notes_in
from messaging.exporting.record import Line, Record, file_of, lines_of, original_of
from messaging.fact_forms import moment
from messaging.ids import SYSTEM, PersonId
from messaging.messages import EntryKind
from messaging.office import Office
from messaging.people import Role
from messaging.trust.access import Way
from web.exporting.fhir_notes import noted_document
from web.exporting.names import media_type, one_line
from web.exporting.notes import said_note
from web.exporting.octets import as_base64
from web.exporting.words import Part, Said, Words, ours

Resource = dict[str, Any]

TEXT: Final = 1_000_000
"""Characters of one string: FHIR takes a megabyte of octets in most servers, and 1 048 576 characters by its own word."""
SUMMARY: Final = {"system": "http://loinc.org", "code": "34133-9", "display": "Summary of episode note"}
VIRTUAL: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR"}


async def as_fhir(office: Office, way: Way, record: Record) -> AsyncIterator[bytes]:
    """Written piece by piece: a resource at a time. Raises Busy."""
    noted = [one.note.id async for one in notes_in(office, way, record)]
    document = Document(record, noted)
    for piece in document.opening():
        yield piece
    for name, resource in document.before():
        yield document.entry(name, resource)
    former = dict[PersonId, None]()
    async for line in lines_of(office, way, record):
        author = line.entry.author
        if author != SYSTEM and record.person(author) is None:
            former[author] = None
        async for name, resource in _of(office, way, document, line):
            for piece in document.pieces(name, resource):
                yield piece
    async for note in notes_in(office, way, record):
        if record.person(note.note.author) is None:
            former[note.note.author] = None
        yield document.entry(note.note.id, document.about(noted_document(said_note(document.words, note))))
    for one in former:
        yield document.entry(one, document.practitioner(one))
    yield b"\n]}\n"


async def _of(
    office: Office, way: Way, document: "Document", line: Line
) -> AsyncIterator[tuple[UUID, Resource]]:
    """The Communication of an entry, and its files."""
    said, number = document.words.said(line), line.entry.number
    payload = [one for part in said.parts for one in _payload(part)]
    found = list[tuple[UUID, Resource]]()
    for file in said.files:
        note = file.note
        content = None if file.says else await file_of(office, way, note)
        if content is None:
            lacks = f"{note.name}: {file.says or ours().told['missing']}"
            payload += _payload(Part(ours().labels["file"], lacks))
        else:
            named = document.uuid(f"file {number} {file.place}")
            payload.append({"contentReference": _reference(uuid5(named, "document"))})
            found += _file(named, note.name, media_type(note), content)
    original = await original_of(office, way, document.record, line)
    if original is not None:
        named = document.uuid(f"original {number}")
        payload.append({"contentReference": _reference(uuid5(named, "document"))})
        found += _file(named, str(ours().labels["original"]), "message/rfc822", original)
    yield document.uuid(f"entry {number}"), document.communication(said, payload)
    for name, resource in found:
        yield name, resource


class Document:
    """The resources of one record."""

    def __init__(self, record: Record, noted: Sequence[UUID]) -> None:
        self.record = record
        self.noted = noted
        self.words = Words(record)

    def uuid(self, what: str) -> UUID:
        """The name of a thing of this record that has none of its own."""
        return uuid5(self.record.conversation.id, what)

    def opening(self) -> Iterator[bytes]:
        """The Bundle up to its Composition, whose references to entries are as many as there are entries."""
        record = self.record
        head = {
            "resourceType": "Bundle",
            "identifier": {
                "system": "urn:ietf:rfc:3986",
                "value": self.uuid(f"document {moment(record.at)}").urn,
            },
            "type": "document",
            "timestamp": moment(record.at),
        }
        yield _text(head)[:-1] + b', "entry": [\n{"fullUrl": ' + _text(self.uuid("composition").urn)
        yield b', "resource": ' + _text(self._composition())[:-1] + b', "section": ['
        if record.sessions:
            sessions = [_reference(one.id) for one in record.sessions]
            yield _text({"title": "Sessions", "entry": sessions}) + b", "
        yield _text({"title": "Entries"})[:-1]
        numbers = range(record.first, record.last + 1)
        if numbers:
            yield b', "entry": ['
            for number in numbers:
                before = b", " if number > record.first else b""
                yield before + _text(_reference(self.uuid(f"entry {number}")))
            yield b"]"
        else:
            yield b', "emptyReason": ' + _text({"text": "Nothing was said yet."})
        yield b"}"
        if self.noted:
            yield b", " + _text({"title": "Notes", "entry": [_reference(one) for one in self.noted]})
        yield b"]}}"

    def _composition(self) -> Resource:
        record = self.record
        carers = [_reference(one.id) for one in record.circle.clinicians]
        return {
            "resourceType": "Composition",
            "status": "final",
            "type": {"coding": [SUMMARY], "text": "Conversation"},
            **self._subject,
            "date": moment(record.at),
            "author": carers or [_reference(record.practice.id)],
            "custodian": _reference(record.practice.id),
            "title": "Conversation" if record.whole else "Conversation, the client's copy",
        }

    @cached_property
    def _subject(self) -> Resource:
        """Who is in care: one, or a group of several; nobody where all have left."""
        clients = self.record.circle.clients
        if not clients:
            return {}
        return {"subject": _reference(clients[0].id if len(clients) == 1 else self.uuid("clients"))}

    def before(self) -> Iterator[tuple[UUID, Resource]]:
        """What entries refer to."""
        record = self.record
        yield record.practice.id, {"resourceType": "Organization", "name": _said(record.practice.name)}
        for one in record.circle.people.values():
            if one.role is Role.CLIENT:
                yield one.id, {"resourceType": "Patient", "name": [{"text": _said(one.name)}]}
            else:
                yield one.id, self.practitioner(one.id)
        clients = record.circle.clients
        if len(clients) > 1:
            members = [{"entity": _reference(one.id)} for one in clients]
            yield (
                self.uuid("clients"),
                {"resourceType": "Group", "type": "person", "actual": True, "member": members},
            )
        for session in record.sessions:
            yield session.id, self._encounter(session)

    def practitioner(self, person: PersonId) -> Resource:
        """Who cares, or somebody who has left, of whom no more is said."""
        return {"resourceType": "Practitioner", "name": [{"text": _said(self.words.name(person))}]}

    def _encounter(self, session: Session) -> Resource:
        ended = session.ended_at
        period = {"start": moment(session.opened_at or session.starts)}
        period |= {"end": moment(ended)} if ended else {}
        return {
            "resourceType": "Encounter",
            "status": _status(session.state),
            "class": VIRTUAL,
            "type": [{"text": session.state.value}],
            **self._subject,
            "period": period,
            "length": {"value": session.minutes, "unit": "min"},
            "serviceProvider": _reference(self.record.practice.id),
        }

    def communication(self, said: Said, payload: list[Resource]) -> Resource:
        """An entry: what it is stands in its category, what was said in its payload."""
        one = said.line.entry
        author = self.record.practice.id if one.author == SYSTEM else one.author
        kind = one.body.event if one.kind is EntryKind.EVENT and one.body.event else one.channel
        told: Resource = {
            "resourceType": "Communication",
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": one.id.urn}],
            "status": "completed",
            "category": [{"text": one.kind.value}, {"text": kind.value}],
            "topic": {"text": f"{one.number}"},
            **self._subject,
            "sent": moment(one.at),
            "sender": _reference(author),
            "note": [{"text": _said(f"{said.kind}; {said.mark}" if said.mark else said.kind)}],
        }
        if one.session and any(session.id == one.session for session in self.record.sessions):
            told["encounter"] = _reference(one.session)
        if payload:
            told["payload"] = payload
        return told

    def about(self, resource: Resource) -> Resource:
        """With who is in care."""
        return {**resource, **self._subject}

    def pieces(self, name: UUID, resource: Resource) -> Iterator[bytes]:
        """The same, of a Binary a slice at a time; its `data` are octets still."""
        content = resource.get("data")
        if not isinstance(content, bytes):
            yield self.entry(name, resource)
            return
        rest = {key: value for key, value in resource.items() if key != "data"}
        yield self.entry(name, rest)[:-2] + b', "data": "'
        yield from as_base64(content)
        yield b'"}}'

    def entry(self, name: UUID, resource: Resource) -> bytes:
        """As it stands in the Bundle behind the Composition."""
        return b',\n{"fullUrl": ' + _text(name.urn) + b', "resource": ' + _text(resource) + b"}"


def _status(state: SessionState) -> str:
    match state:
        case SessionState.BOOKED:
            return "planned"
        case SessionState.LIVE:
            return "in-progress"
        case SessionState.ENDED:
            return "finished"
        case SessionState.CANCELLED | SessionState.MISSED:
            return "cancelled"
        case _:
            assert_never(state)


def _file(name: UUID, title: str, content_type: str, content: bytes) -> list[tuple[UUID, Resource]]:
    attachment = {
        "contentType": content_type,
        "url": name.urn,
        "size": len(content),
        "title": _said(title),
    }
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }
    binary = {
        "resourceType": "Binary",
        "contentType": content_type,
        "data": content,
    }
    return [(uuid5(name, "document"), document), (name, binary)]


def _payload(part: Part) -> Iterator[Resource]:
    """Words as a string; those that FHIR's strings cannot hold (control characters, a megabyte) as a text of their own."""
    text = f"[{part.label}] {part.text}" if part.label else part.text
    if len(text) <= TEXT and text.strip() and all(_sayable(sign) for sign in text):
        yield {"contentString": text}
    else:
        data = b64encode(text.encode()).decode()
        yield {"contentAttachment": {"contentType": "text/plain; charset=utf-8", "data": data}}


def _sayable(sign: str) -> bool:
    """`[ \\r\\n\\t\\S]` and nothing below U+0020, as FHIR has it of strings."""
    return sign in " \r\n\t" or (sign >= " " and not sign.isspace())


def _said(text: str) -> str:
    """A name, in one line; FHIR knows no empty string."""
    return one_line(text) or "–"


def _reference(name: UUID) -> Resource:
    return {"reference": name.urn}


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
