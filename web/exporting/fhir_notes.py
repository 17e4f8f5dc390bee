"""A note for health records: a DocumentReference with its text (hl7.org/fhir/R4B/documentreference.html)."""

from base64 import b64encode
from typing import Any, Final

from messaging.fact_forms import moment
from web.exporting.names import one_line
from web.exporting.notes import SaidNote

PROGRESS: Final = {"system": "http://loinc.org", "code": "11506-3", "display": "Progress note"}


def noted_document(said: SaidNote) -> dict[str, Any]:
    """What the note says now, and said before, as one text; the subject is for whoever knows it."""
    note = said.line.note
    texts = [f"[{part.label}] {part.text}" if part.label else part.text for part in said.parts]
    data = b64encode("\n\n".join(texts or [said.kind]).encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "status": "entered-in-error" if note.taken_out else "current",
        "type": {"text": said.kind} if said.line.own else {"coding": [PROGRESS], "text": said.kind},
        "date": moment(note.at),
        "author": [{"reference": note.author.urn}],
        "description": one_line(f"{said.kind}; {said.mark}" if said.mark else said.kind),
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
    }
