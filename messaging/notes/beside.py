"""Two small private things beside a reply: four lenses on a letter, and the margin of a session.

Each is a process note of its author's, one for each letter or session: sealed, kept, found and thrown away as those are, and
read on their page too. Nothing leads from it into a letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from messaging.errors import Malformed, NotFound
from messaging.ids import SessionId
from messaging.notes.note import Changed, Note, Written, note_id
from messaging.notes.process import change_own, must_keep_own, own_note, throw_away, write_own
from messaging.office import Office
from messaging.trust.access import Pass


class Lens(StrEnum):
    """How one looks at a letter before one answers it (Knatz and Dodier, "Hilfe aus dem Netz", 2003)."""

    RESONANCE = "resonance"
    THEME = "theme"
    HYPOTHESES = "hypotheses"
    PLAN = "plan"


_HEAD: Final = re.compile(rf"^\[({'|'.join(Lens)})\]$", re.MULTILINE)
"""A line of the note, below which the words of one lens stand: it reads, and is changed, like any other note."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one stands beside. `key` is made of it: there is one for each, whichever page it is kept from."""

    key: UUID
    session: SessionId | None = None


async def beside_letter(office: Office, held: Pass, number: int) -> Place:
    """Of a letter of this conversation that the holder may read. Raises NotFound, Busy."""
    must_keep_own(held)
    if await office.memory.threads.numbered(held, number) is None:
        raise NotFound
    return Place(uuid5(held.conversation, f"lenses {number}"))


async def beside_session(office: Office, held: Pass, session: SessionId) -> Place:
    """Of a session of this conversation. Raises NotFound, Busy."""
    must_keep_own(held)
    if await office.memory.sessions.find(held, session) is None:
        raise NotFound
    return Place(uuid5(session, "margin"), session)


async def kept_beside(office: Office, held: Pass, place: Place) -> Note | None:
    """What the holder has kept there. Raises Busy."""
    try:
        return await own_note(office, held, note_id(held, place.key))
    except NotFound:
        return None


async def keep_beside(office: Office, held: Pass, place: Place, said: Changed) -> Note | None:
    """Keeps it, over the version it was written upon; nothing where there is no word. Raises as `change_own` does."""
    if not isinstance(said.text, str):
        raise Malformed("The page was not whole. Please try once more.")
    try:
        if not said.text.strip():
            await throw_away(office, held, note_id(held, place.key))
            return None
        return await change_own(office, held, note_id(held, place.key), said)
    except NotFound:
        if not said.text.strip():
            return None
    note, _ = await write_own(office, held, Written(place.key, said.text, place.session))
    return note


def as_text(lenses: Mapping[Lens, str]) -> str:
    """The words of each lens below its name; nothing of one without any."""
    kept = ((lens, lenses.get(lens, "").strip()) for lens in Lens)
    return "\n\n".join(f"[{lens}]\n{words}" for lens, words in kept if words)


def as_lenses(text: str) -> dict[Lens, str]:
    """The same apart again. What stands above the first name is what came to mind first."""
    first, *named = _HEAD.split(text)
    found = dict.fromkeys(Lens, "")
    found[Lens.RESONANCE] = first.strip()
    for name, words in zip(named[::2], named[1::2], strict=True):
        found[Lens(name)] = "\n\n".join(one for one in (found[Lens(name)], words.strip()) if one)
    return found
