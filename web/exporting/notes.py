"""A note in sentences, as every form shows it."""

from dataclasses import dataclass, field

from messaging.exporting.notes import NoteLine
from web.exporting.words import Part, Words, ours


@dataclass(frozen=True, slots=True)
class SaidNote:
    """One note: `kind` says whose it is, `mark` what became of it."""

    line: NoteLine
    who: str = field(repr=False)
    kind: str
    mark: str
    at: str
    parts: tuple[Part, ...]


def said_note(words: Words, line: NoteLine) -> SaidNote:
    """All that a form shows: what it says now, and each earlier version with its time."""
    note, labels, told = line.note, ours().labels, ours().told
    parts = [Part("", note.text, own=True)]
    session = next((one for one in words.record.sessions if one.id == note.session), None)
    if session is not None:
        parts.append(Part(labels["session"], words.time(session.opened_at or session.starts)))
    for former in reversed(line.versions[:-1]):
        label = f"{labels['before']} {words.time(former.changed_at or former.at)}"
        parts.append(Part(label, former.text, own=True))
    mark = ""
    if note.changed_at is not None:
        what = told["taken_out"] if note.taken_out else told["amended"]
        mark = f"{what} {words.time(note.changed_at)}"
    return SaidNote(
        line=line,
        who=words.name(note.author),
        kind=str(told["process_note"] if line.own else told["progress_note"]),
        mark=mark,
        at=words.time(note.at),
        parts=tuple(part for part in parts if part.text),
    )
