"""Correcting and withdrawing one's own live words, for a moment after they were said. The first words stay in the record."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from messaging.errors import KeyReused, NotFound, TooLate
from messaging.facts import NumberFacts
from messaging.memory.record import Outcome, Verdict
from messaging.messages import (
    CHAT_LIMIT,
    Body,
    Channel,
    Entry,
    EntryKind,
    EventName,
    checked_text,
)
from messaging.office import Office
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import entry_with_amendments
from messaging.trust.access import Pass

A_MOMENT: Final = timedelta(minutes=2)
"""After it was said, by the server's clock; also when the session ended meanwhile."""
CORRECTED: Final = 20
"""Times one message may be corrected: each page with it reads all of them. It can be withdrawn all the same."""


async def correct(office: Office, held: Pass, key: UUID, number: int, text: object) -> Outcome:
    """Better words for one's own message. Raises NotFound, TooLate, KeyReused, Malformed, TooLong, Busy.

    Not when somebody has joined since: what they may not read must not come to them in other words.
    """
    return await _amend(
        office, held, key, number, Body(text=checked_text(text, CHAT_LIMIT), event=EventName.CORRECTED)
    )


async def withdraw(office: Office, held: Pass, key: UUID, number: int) -> Outcome:
    """One's own message taken back: a mark stays. Raises NotFound, TooLate, KeyReused, Busy."""
    return await _amend(office, held, key, number, Body(event=EventName.WITHDRAWN))


async def _amend(office: Office, held: Pass, key: UUID, number: int, body: Body) -> Outcome:
    entry, amendments = await entry_with_amendments(office, held, number)
    if entry is None or not _is_own(entry, held):
        raise NotFound
    known = next((a for a in amendments if a.author == held.person and a.key == key), None)
    if known is not None:  # a retry: it may come when the moment is over
        if (known.body.event, known.body.text) != (body.event, body.text):
            raise KeyReused
        return Outcome(Verdict.KNOWN, known.number, known.id, known.at)
    if any(a.body.event is EventName.WITHDRAWN for a in amendments):
        raise NotFound("This message has been withdrawn.")
    often = body.event is EventName.CORRECTED and len(amendments) >= CORRECTED
    if office.clock() - entry.at > A_MOMENT or often:
        raise TooLate
    if body.event is EventName.CORRECTED and await _joined_since(office, held, number):
        raise TooLate("Somebody has joined since. Please say it anew.")
    # The number also stands in the body: what comes under a known key is compared with that.
    body = replace(body, facts=NumberFacts(number))
    draft = Draft(key, body, Channel.CHAT, EntryKind.EVENT, amends=number)
    return await post(office, Where.by(held), draft)


def _is_own(entry: Entry, held: Pass) -> bool:
    """Somebody else's words and what is no live message look like what is not there."""
    return entry.author == held.person and entry.kind is EntryKind.MESSAGE and entry.channel is Channel.CHAT


async def _joined_since(office: Office, held: Pass, number: int) -> bool:
    """Whether somebody belongs to the conversation by now who may not read that far back."""
    found = await office.memory.conversations.find(held.practice, held.conversation)
    return found is not None and any(number < one.first_number for one in found.members)
