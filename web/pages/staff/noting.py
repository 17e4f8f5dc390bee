"""What the pages of both kinds of notes have in common: who enters, what they wrote, and the values they show."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.requests import Request

from messaging.conversations import Circle
from messaging.errors import Conflict, Malformed, NoRoom, NotFound, Refusal
from messaging.ids import SessionId, parse_uuid
from messaging.notes.note import PAGE, Changed, Note, Written
from messaging.sessions.finding import sessions_named
from messaging.trust.access import Deed, Pass
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, key_of
from web.pages.parts.showing import fresh_key, joined, session, signed_in
from web.pages.staff.notes_view import NoteRow, Notes, OneNote, Sheet

SAID: tuple[type[Refusal], ...] = (Malformed, Conflict, NoRoom)
"""Refusals that are said on the sheet itself, with the text on it as it was."""


async def entered(request: Request) -> tuple[Visit, Pass, Circle]:
    """Raises NotFound for everybody but a clinician of the conversation."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.NOTE)
    return visit, held, circle


def note_of(request: Request) -> UUID:
    """The note of the path. What is no id is not found."""
    return _id(request.path_params["note"])


def before_of(request: Request) -> UUID | None:
    """Of which note the older ones are asked for."""
    raw = request.query_params.get("before")
    return None if raw is None else _id(raw)


def _id(raw: str) -> UUID:
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return found


def session_of(given: Mapping[str, str]) -> SessionId | None:
    """The session that a query or form names, of which the act looks whether it is one of this conversation."""
    return SessionId(_id(given["session"])) if given.get("session") else None


def written(fields: Mapping[str, str]) -> Written:
    """A new note, as its form has it."""
    return Written(key_of(fields), fields.get("text"), session_of(fields))


def changed(fields: Mapping[str, str]) -> Changed:
    """Other words for one, over the version that its page had shown."""
    key_of(fields)
    version = fields.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 6):
        raise Malformed("The page was not whole. Please try once more.")
    return Changed(fields.get("text"), int(version))


async def notes_page(visit: Visit, held: Pass, circle: Circle, found: Sequence[Note], sheet: Sheet) -> Notes:
    """A page of notes, the newest first, below the sheet."""
    sessions = await _sessions(visit, held, circle, [*found])
    about = sheet.action
    rows = tuple(_row(visit, circle, one, sessions, f"{about}/{one.id}") for one in found)
    return Notes(
        signed_in=signed_in(visit),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        colleagues=colleagues(visit, circle),
        sheet=sheet,
        rows=rows,
        older=f"{about}?before={found[-1].id}" if len(found) == PAGE else "",
    )


async def one_page(
    visit: Visit, held: Pass, circle: Circle, versions: Sequence[Note], place: str, sheet: Sheet | None
) -> OneNote:
    """One note with its earlier versions; the sheet is for who may change it."""
    *earlier, stands = versions
    sessions = await _sessions(visit, held, circle, versions)
    own = stands.author == held.person and not stands.taken_out
    return OneNote(
        signed_in=signed_in(visit),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        colleagues=colleagues(visit, circle),
        row=_row(visit, circle, stands, sessions),
        earlier=tuple(_row(visit, circle, one, sessions) for one in reversed(earlier)),
        sheet=(sheet or Sheet(place, fresh_key(), stands.text, stands.version)) if own else None,
        away=f"{place}/away" if own else "",
        away_key=fresh_key(),
    )


async def sheet_for(visit: Visit, held: Pass, circle: Circle, action: str, given: Mapping[str, str]) -> Sheet:
    """A new sheet: with nothing on it but the session it is begun from, or with what was on it before a mistake."""
    named = session_of(given)
    found = await _named(visit, held, circle, [named] if named else [])
    if named and named not in found:
        raise NotFound
    key = given.get("key") or fresh_key()
    return Sheet(action, key, given.get("text", ""), session=found[named] if named else None)


def colleagues(visit: Visit, circle: Circle) -> str:
    """Who else cares here, by name; empty where nobody does."""
    others = [one.name for one in circle.clinicians if one.id != visit.person.id]
    return joined(others) if others else ""


async def _sessions(
    visit: Visit, held: Pass, circle: Circle, notes: Sequence[Note]
) -> Mapping[SessionId, parts.Session]:
    return await _named(visit, held, circle, [one.session for one in notes if one.session])


async def _named(
    visit: Visit, held: Pass, circle: Circle, named: Sequence[SessionId]
) -> Mapping[SessionId, parts.Session]:
    found = await sessions_named(visit.office, held, named)
    return {one.id: session(one, circle, visit.person.id) for one in found}


async def row_of(visit: Visit, held: Pass, circle: Circle, note: Note) -> NoteRow:
    """One note alone, as it stands."""
    return _row(visit, circle, note, await _sessions(visit, held, circle, [note]))


def _row(
    visit: Visit,
    circle: Circle,
    note: Note,
    sessions: Mapping[SessionId, parts.Session],
    place: str = "",
) -> NoteRow:
    author = circle.people.get(note.author)
    return NoteRow(
        at=note.at,
        author=author.name if author else "Somebody who has left",
        text=note.text,
        mine=note.author == visit.person.id,
        place=place,
        changed_at=note.changed_at,
        taken_out=note.taken_out,
        session=sessions.get(note.session) if note.session else None,
    )
