"""All that a practice holds, in one zip: tables of what is no word, then each conversation's record (docs/export.md).

Written piece by piece, one conversation after the other; what is held of all of them are ids, names and numbers.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from messaging.backup.sealing import ARCHIVE, begun
from messaging.exporting.record import ExportFormat, Record
from messaging.exporting.whole import PracticeRecord, documents_of, relations_of, trail_of
from messaging.fact_forms import moment
from messaging.office import Office
from messaging.practice.said_settings import settings_said
from messaging.trust.access import Errand
from messaging.trust.noted import act_of
from web.exporting.writing import written
from web.exporting.zipping import Out, entry
from web.http.handing_on import ending_of
from web.pages.parts.csv_rows import MARK, row

FORMAT: Final = "quietline.practice.v1"
FOLDER: Final = "conversations"
Records = AsyncIterator[tuple[Errand, Record]]
Told = Callable[[int], object]
"""How many conversations are in it."""


async def as_archive(
    office: Office,
    whole: PracticeRecord,
    records: Records,
    form: ExportFormat,
    told: Told = lambda _: None,
) -> AsyncIterator[bytes]:
    """Written piece by piece. Raises Busy, and NotFound where a record is erased while it is read."""
    out = Out()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for path, pieces in _tables(office, whole, form):
            with packed.open(entry(path, whole.at), "w", force_zip64=True) as file:
                async for piece in pieces:
                    file.write(piece)
                    yield out.taken()
        packing = ZIP_STORED if form is ExportFormat.HTML else ZIP_DEFLATED  # a zip each: packed already
        number = 0
        async for way, record in records:
            info = entry(_path(record.conversation.id, form), whole.at, packing)
            with packed.open(info, "w", force_zip64=True) as file:
                async for piece in written(office, way, record, form):
                    file.write(piece)
                    yield out.taken()
            number += 1
            told(number)
    yield out.taken()


async def locked(
    pieces: AsyncIterator[bytes], master: bytes, random: Callable[[int], bytes]
) -> AsyncIterator[bytes]:
    """The same as only who has the master key, or its recovery sheet, can open it (`quietline unlock`)."""
    held: list[bytes] = []  # bound: what one piece is sealed to
    sealer = begun(master, random, held.append, ARCHIVE)
    async for piece in pieces:
        sealer.feed(piece)
        yield b"".join(held)
        held.clear()
    sealer.finish()
    yield b"".join(held)


def _path(conversation: object, form: ExportFormat) -> str:
    return f"{FOLDER}/{conversation}.{ending_of(form)}"


def _tables(
    office: Office, whole: PracticeRecord, form: ExportFormat
) -> tuple[tuple[str, AsyncIterator[bytes]], ...]:
    return (
        ("practice.json", _practice(whole, form)),
        ("documents.json", _documents(office, whole)),
        ("people.csv", _people(whole)),
        ("conversations.csv", _conversations(office, whole, form)),
        ("sessions.csv", _sessions(office, whole)),
        ("trail.csv", _trail(office, whole)),
    )


async def _practice(whole: PracticeRecord, form: ExportFormat) -> AsyncIterator[bytes]:
    one, rules = whole.practice, whole.rules
    told: dict[str, Any] = {
        "format": FORMAT,
        "made_at": moment(whole.at),
        "records": form.value,
        "id": str(one.id),
        "slug": one.slug,
        "mail_domain": one.mail_domain,
        **settings_said(one),
        "sessions": {
            "grace_minutes": rules.grace_minutes,
            "plan_b_minutes": rules.plan_b_minutes,
            "reminder_minutes": rules.reminder_minutes,
            "code_word": rules.code_word,
            "regions": list(rules.regions),
        },
        "people": len(whole.people),
        "conversations": len(whole.conversations),
    }
    yield json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


async def _documents(office: Office, whole: PracticeRecord) -> AsyncIterator[bytes]:
    """What clients agree to, in all its versions; that they did stands in each record, by the hash of its text."""
    told = [
        {
            "id": str(one.id),
            "language": one.language,
            "way": one.way.value,
            "original": str(one.original),
            "ended_at": moment(one.ended_at) if one.ended_at else None,
            "versions": [
                {
                    "version": version.number,
                    "title": version.title,
                    "text": version.text,
                    "from": moment(version.binds_from),
                    "at": moment(version.made_at),
                    "hash": version.digest,
                }
                for version in one.versions
            ],
        }
        for one in await documents_of(office, whole)
    ]
    yield json.dumps({"documents": told}, ensure_ascii=False, indent=1).encode() + b"\n"


async def _people(whole: PracticeRecord) -> AsyncIterator[bytes]:
    yield MARK + row(
        ("id", "role", "name", "email", "email_mode", "time_zone", "identity", "active", "hat_of")
    )
    for one in whole.people:
        hat = "" if one.hat_of is None else str(one.hat_of)
        told = (one.name, one.shown_email or "", one.email_mode, one.time_zone or "", one.identity)
        yield row((str(one.id), one.role, *told, _yes(one.active), hat))


async def _conversations(office: Office, whole: PracticeRecord, form: ExportFormat) -> AsyncIterator[bytes]:
    yield MARK + row(("id", "kind", "members", "last", "care_ended", "weekday", "by", "working_days", "file"))
    async for one, _ in relations_of(office, whole):
        members = " ".join(str(member.person) for member in one.members)
        weekday = "" if one.answer.weekday is None else str(one.answer.weekday)
        rule = (weekday, one.answer.by.isoformat("minutes"), str(one.answer.days))
        ended = moment(one.ended_at) if one.ended_at else ""
        yield row((str(one.id), one.kind, members, str(one.last_number), ended, *rule, _path(one.id, form)))


async def _sessions(office: Office, whole: PracticeRecord) -> AsyncIterator[bytes]:
    yield MARK + row(("id", "conversation", "state", "starts", "minutes", "opened_at", "ended_at"))
    async for conversation, sessions in relations_of(office, whole):
        for one in sessions:
            times = (moment(at) if at else "" for at in (one.opened_at, one.ended_at))
            starts = (moment(one.starts), str(one.minutes))
            yield row((str(one.id), str(conversation.id), one.state, *starts, *times))


async def _trail(office: Office, whole: PracticeRecord) -> AsyncIterator[bytes]:
    """The newest first; of ids, which the other tables name."""
    yield MARK + row(("number", "at", "actor", "act", "reason", "subject", "door"))
    async for page in trail_of(office, whole):
        for stood in page:
            line = stood.line
            act, reason = act_of(line.action)
            subject = "" if line.subject is None else str(line.subject)
            word = line.action if act is None else str(act)
            yield row(
                (str(stood.seq), moment(line.at), str(line.actor), word, reason, subject, line.door or "")
            )


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
