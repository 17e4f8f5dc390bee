"""A record as data (docs/export.md): one JSON object, its entries one a line."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from messaging.exporting.notes import NoteLine, notes_in
from messaging.exporting.record import Line, Record, file_of, lines_of, original_of
from messaging.fact_forms import moment
from messaging.facts import as_texts, person_of
from messaging.ids import SYSTEM, PersonId
from messaging.memory.arriving import FileCheck
from messaging.messages import Body
from messaging.office import Office
from messaging.trust.access import Way
from web.exporting.octets import as_base64
from web.exporting.words import Words

FORMAT: Final = "quietline.export.v1"


async def as_json(office: Office, way: Way, record: Record) -> AsyncIterator[bytes]:
    """Written piece by piece: an entry at a time, and of its files one at a time. Raises Busy."""
    named = dict.fromkeys(record.circle.people)
    yield b"{" + b",\n".join(_pair(name, value) for name, value in _head(record).items()) + b',\n"entries": ['
    between = b"\n"
    async for line in lines_of(office, way, record):
        named |= dict.fromkeys(_people_of(line))
        yield between + _text(_entry(line))[:-1]
        async for piece in _files(office, way, record, line):
            yield piece
        yield b"}"
        between = b",\n"
    if record.whole:
        yield b"\n],\n" + _text("notes") + b": ["
        async for piece in _notes(office, way, record, named):
            yield piece
    words = Words(record)
    people = [_person(record, words, one) for one in named]
    yield b"\n],\n" + _pair("people", people) + b"}\n"


async def _notes(
    office: Office, way: Way, record: Record, named: dict[PersonId, None]
) -> AsyncIterator[bytes]:
    """Progress notes, and in a list of their own the process notes that were ticked; their authors are named."""
    between, own = b"\n", False
    async for line in notes_in(office, way, record):
        if line.own and not own:
            own, between = True, b"\n],\n" + _text("process_notes") + b": [\n"
        named[line.note.author] = None
        yield between + _text(_note(line))
        between = b",\n"


def _note(line: NoteLine) -> dict[str, Any]:
    note = line.note
    return {
        "id": str(note.id),
        "at": moment(note.at),
        "author": str(note.author),
        "session": str(note.session) if note.session else None,
        "text": note.text,
        "version": note.version,
        "changed_at": moment(note.changed_at) if note.changed_at else None,
        "taken_out": note.taken_out,
        "earlier": [
            {"version": one.version, "at": moment(one.changed_at or one.at), "text": one.text}
            for one in line.versions[:-1]
        ],
    }


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _pair(name: str, value: object) -> bytes:
    return _text(name) + b": " + _text(value)


def _head(record: Record) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": moment(record.at),
        "whole": record.whole,
        "practice": {"name": record.practice.name, "time_zone": record.practice.time_zone},
        "conversation": {
            "id": str(record.conversation.id),
            "kind": record.conversation.kind,
            "first": record.first,
            "last": record.last,
            **({"labels": list(record.labels)} if record.whole else {}),
        },
        "sessions": [
            {
                "id": str(one.id),
                "state": one.state,
                "starts": moment(one.starts),
                "minutes": one.minutes,
                "opened_at": moment(one.opened_at) if one.opened_at else None,
                "ended_at": moment(one.ended_at) if one.ended_at else None,
            }
            for one in record.sessions
        ],
    }


def _entry(line: Line) -> dict[str, Any]:
    """An entry without the bytes of its files, which follow one by one."""
    one = line.entry
    told = {
        "number": one.number,
        "id": str(one.id),
        "at": moment(one.at),
        "author": str(one.author),
        "kind": one.kind,
        "channel": one.channel,
        "session": str(one.session) if one.session else None,
        "letter": str(one.letter) if one.letter else None,
        "amends": one.amends,
        "withdrawn": one.withdrawn,
        "edited": one.edited,
        **_body(one.body),
    }
    if line.first is not None:
        told["first"] = _body(line.first.body)
    if line.mails:
        told["mail"] = [
            {
                "to": str(mail.person),
                "form": mail.form,
                "state": mail.state,
                "at": moment(mail.settled_at or mail.created_at),
                "code": mail.code,
                "tries": mail.attempts,
            }
            for mail in line.mails
        ]
    return told


def _body(body: Body) -> dict[str, Any]:
    return {
        "event": body.event,
        "subject": body.subject,
        "text": body.text,
        "folded": body.folded,
        "facts": as_texts(body.facts),
        "weak": body.weak,
    }


async def _files(office: Office, way: Way, record: Record, line: Line) -> AsyncIterator[bytes]:
    yield b', "attachments": ['
    for place, note in enumerate(line.files):
        told = {"id": str(note.id), "name": note.name, "content_type": note.content_type, "size": note.size}
        check = line.held_back.get(note.id)
        content = None if check else await file_of(office, way, note)
        yield (b", " if place else b"") + _text({**told, **_standing(check, content)})[:-1]
        for piece in _quoted(b', "data": ', content):
            yield piece
        yield b"}"
    original = await original_of(office, way, record, line)
    yield b"]"
    for piece in _quoted(b', "original": ', original):
        yield piece
    if original is None:
        yield b', "original": null'


def _quoted(name: bytes, content: bytes | None) -> Iterator[bytes]:
    """A pair that holds a file, where there is one."""
    if content is not None:
        yield name + b'"'
        yield from as_base64(content)
        yield b'"'


def _standing(check: FileCheck | None, content: bytes | None) -> dict[str, Any]:
    if check is not None:
        return {"state": check.state, "finding": check.finding}
    if content is None:
        return {"state": "missing"}
    return {"state": "clean"}


def _people_of(line: Line) -> list[PersonId]:
    about = person_of(line.entry.body.facts)
    return [line.entry.author, *([about] if about else []), *(mail.person for mail in line.mails)]


def _person(record: Record, words: Words, named: PersonId) -> dict[str, Any]:
    found = record.person(named)
    return {
        "id": str(named),
        "name": words.name(named),
        "role": found.role if found else "server" if named == SYSTEM else None,
        "former": found is None and named != SYSTEM,
    }
