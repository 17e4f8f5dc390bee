"""A record for a mail program: an mbox (RFC 4155), each entry one mail.

Texts and files are in base64, so that no line anybody wrote can begin a mail ("From "), end one, or be a header. Addresses
are the ids of who wrote, below `quietline.invalid` (RFC 2606): nobody can be answered by accident.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Final

from messaging.exporting.notes import notes_in
from messaging.exporting.record import Record, file_of, lines_of, original_of
from messaging.messages import AttachmentNote, EntryKind
from messaging.office import Office
from messaging.trust.access import Way
from web.exporting.names import media_type, one_line
from web.exporting.notes import SaidNote, said_note
from web.exporting.octets import as_lines
from web.exporting.words import File, Part, Said, Words, ours

DOMAIN: Final = "quietline.invalid"
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TEXT: Final = "text/plain; charset=utf-8"
SUBJECT: Final = 120
"""Characters of what happened that become a subject; all of it stands in the mail."""


async def as_mbox(office: Office, way: Way, record: Record) -> AsyncIterator[bytes]:
    """Written piece by piece: a mail, and of its files one at a time. Raises Busy."""
    words = Words(record)
    async for line in lines_of(office, way, record):
        said = words.said(line)
        boundary = f"quietline-{line.entry.id.hex}"  # no line of base64 begins with two hyphens
        yield _head(words, said, boundary)
        for piece in _part(boundary, TEXT, "", _text(said).encode()):
            yield piece
        for file in said.files:
            content = None if file.says else await file_of(office, way, file.note)
            for piece in _file(boundary, file, content):
                yield piece
        original = await original_of(office, way, record, line)
        if original is not None:
            # As bytes: a mail within a mail must not be encoded (RFC 2046, 5.2.1), and one that is not could say "From ".
            disposition = _disposition(f"{line.entry.number}.eml")
            for piece in _part(boundary, "application/octet-stream", disposition, original):
                yield piece
        yield f"--{boundary}--\n\n".encode()
    async for note in notes_in(office, way, record):
        said_one = said_note(words, note)
        boundary = f"quietline-{note.note.id.hex}"
        yield _note_head(words, said_one, boundary)
        for piece in _part(boundary, TEXT, "", _text(said_one).encode()):
            yield piece
        yield f"--{boundary}--\n\n".encode()


def _note_head(words: Words, said: SaidNote, boundary: str) -> bytes:
    note = said.line.note
    headers = [
        _from_line(note.at.astimezone(UTC)),
        f"From: {_address(said.who, str(note.author))}",
        f"To: {_address(words.record.practice.name, str(words.record.conversation.id))}",
        f"Subject: {_encoded(said.kind)}",
        f"Date: {format_datetime(note.at.astimezone(words.here.zone))}",
        f"Message-ID: <{note.id}@{DOMAIN}>",
        f"X-Quietline-Kind: {'process_note' if said.line.own else 'progress_note'}",
        *([f"X-Quietline-Session: {note.session}"] if note.session else []),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
    ]
    return ("\n".join(headers) + "\n\n").encode("ascii")


def _head(words: Words, said: Said, boundary: str) -> bytes:
    one = said.line.entry
    at = one.at.astimezone(UTC)
    headers = [
        _from_line(at),
        f"From: {_address(said.who, str(one.author))}",
        f"To: {_address(words.record.practice.name, str(words.record.conversation.id))}",
        f"Subject: {_encoded(_subject(said))}",
        f"Date: {format_datetime(one.at.astimezone(words.here.zone))}",
        f"Message-ID: <{one.id}@{DOMAIN}>",
        *([f"References: <{one.letter}@{DOMAIN}>"] if one.letter and one.letter != one.id else []),
        f"X-Quietline-Number: {one.number}",
        f"X-Quietline-Kind: {one.body.event or one.channel}",
        *([f"X-Quietline-Session: {one.session}"] if one.session else []),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
    ]
    return ("\n".join(headers) + "\n\n").encode("ascii")


def _from_line(at: datetime) -> str:
    """RFC 4155: the envelope's sender and asctime in UTC, whatever language the system speaks."""
    day = f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at.day:2}"
    return f"From quietline@{DOMAIN} {day} {at:%H:%M:%S} {at.year:04}"


def _subject(said: Said) -> str:
    one = said.line.entry
    subject = one.body.subject if one.kind is EntryKind.MESSAGE else None
    return one_line(subject or said.kind)[:SUBJECT]


def _address(name: str, local: str) -> str:
    """A name as RFC 2047 and 5322 have it, before an address of ours."""
    plain = one_line(name)
    if plain.isascii() and plain.isprintable():
        return str(Address(plain, local, DOMAIN))
    return f"{_encoded(plain)} <{local}@{DOMAIN}>"


def _encoded(text: str) -> str:
    """In encoded words (RFC 2047) where it is not plain; folded by a space, for its lines are ours."""
    if text.isascii() and text.isprintable() and "=?" not in text and len(text) < 70:
        return text
    return Header(text, "utf-8", maxlinelen=75).encode(linesep="\n")


def _part(boundary: str, content_type: str, disposition: str, content: bytes) -> Iterator[bytes]:
    lines = [f"--{boundary}", f"Content-Type: {content_type}"]
    lines += [f"Content-Disposition: {disposition}"] if disposition else []
    lines += ["Content-Transfer-Encoding: base64", "", ""]
    yield "\n".join(lines).encode("ascii")
    yield from as_lines(content)


def _file(boundary: str, file: File, content: bytes | None) -> Iterator[bytes]:
    if content is None:
        return _part(boundary, TEXT, "", _unsent(file.note, file.says))
    return _part(boundary, media_type(file.note), _disposition(file.note.name), content)


def _disposition(name: str) -> str:
    """RFC 2231: a name of whatever signs, in ASCII and without a quotation mark to break out of."""
    return f"attachment; filename*=utf-8''{_percent(one_line(name) or 'file')}"


def _percent(text: str) -> str:
    return "".join(
        chr(octet) if chr(octet).isalnum() and octet < 128 else f"%{octet:02X}" for octet in text.encode()
    )


def _text(said: Said | SaidNote) -> str:
    """All that an entry shows; what somebody said stands first as they said it."""
    head = [f"{said.kind} ({said.mark})" if said.mark else said.kind, f"{said.who}, {said.at}"]
    return "\n\n".join(["\n".join(head), *(_words(part) for part in said.parts)]) + "\n"


def _words(part: Part) -> str:
    if not part.label:
        return part.text
    return f"[{part.label}]\n{part.text}" if part.own else f"[{part.label}] {part.text}"


def _unsent(note: AttachmentNote, says: str) -> bytes:
    told = ours()
    return f"[{told.labels['file']}] {note.name}: {says or told.told['missing']}\n".encode()
