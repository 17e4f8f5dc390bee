"""An entry as it stands: with what its own author made of it later."""

from collections.abc import Sequence
from dataclasses import replace

from messaging.messages import AMENDING, Body, Entry, EntryKind, EventName


def as_it_stands(entry: Entry, amendments: Sequence[Entry]) -> Entry:
    """The entry with what its own author made of it later, in order. A withdrawal is final.

    A correction is read with the latest words too, so that an old page which is told of it shows what a fresh one shows.
    """
    if not amendments or (entry.body.event not in AMENDING and entry.kind is EntryKind.EVENT):
        return entry
    own = [a for a in amendments if a.author == entry.author and a.body.event in AMENDING]
    if any(a.body.event is EventName.WITHDRAWN for a in own):
        gone = Body(event=entry.body.event, facts=entry.body.facts)
        return replace(entry, body=gone, withdrawn=entry.kind is EntryKind.MESSAGE)
    if own:
        body = replace(entry.body, text=own[-1].body.text)
        return replace(entry, body=body, edited=entry.kind is EntryKind.MESSAGE)
    return entry
