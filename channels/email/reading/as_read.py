"""What the reader's hands told of a letter, in the words of the acts."""

from typing import Final

from channels.email.addresses import canonical
from channels.email.reading.unsealing import Unsealed
from channels.email.workers.parse_worker import Told
from messaging.arriving.arrival import Enclosure, Reading

ALSO: Final = 50
"""Other recipients that are named; a letter to hundreds is a mailing."""


def as_reading(told: Told, arrived_at: str = "", unsealed: Unsealed | None = None) -> Reading:
    """What was read, as the acts know it. `arrived_at`: the address it was for, which is nobody else's."""
    letter = told.letter
    answer = letter.answer
    also = dict.fromkeys(canonical(one.address) for one in (*letter.to, *letter.cc) if one.address)
    also.pop(canonical(arrived_at), None)
    return Reading(
        key=told.key,
        sender=letter.sender,
        subject=letter.subject,
        text=letter.unreadable.notice if letter.unreadable else told.shown,
        folded=told.folded,
        folded_begins=told.begins,
        message_id=letter.message_id,
        answers=(*letter.in_reply_to, *reversed(letter.references))[:50],
        thread_index=letter.thread_index,
        notes=letter.problems,
        enclosures=tuple(Enclosure(a.name, a.content_type, a.content) for a in letter.attachments),
        also=tuple(also)[:ALSO],
        signed=unsealed.signed if unsealed else None,
        opened=unsealed.opened if unsealed else False,
        marks=tuple(mark.hex() for mark in told.marks),
        calendar=answer.said if answer else "",
        calendar_starts=answer.starts.isoformat() if answer and answer.starts else "",
    )
