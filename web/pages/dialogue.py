"""Whose words a letter's quotations are: said only where they stand exactly in an earlier letter of one other person."""

from collections.abc import Sequence
from typing import Final

from messaging.ids import PersonId
from messaging.messages import Entry
from messaging.passages import Passage, passages, places

QUOTATIONS: Final = 50
"""Of one letter: more than any answer has; those below stand without a name."""


def origins(letter: Entry, known: Sequence[Entry]) -> dict[int, Entry]:
    """The newest of the known letters that each quotation of this one repeats, by the quotation's place in it.

    In doubt nobody is named: a sentence that two people of a couple wrote is quoted without a name.
    """
    quotations = [(place, one) for place, one in enumerate(passages(letter.body.text)) if one.quoted]
    if not quotations:
        return {}
    before = [
        one for one in known if one.is_letter and one.number < letter.number and one.author != letter.author
    ]
    before.reverse()
    found = ((place, _origin(quotation, before)) for place, quotation in quotations[:QUOTATIONS])
    return {place: entry for place, entry in found if entry is not None}


def _origin(quotation: Passage, newest_first: list[Entry]) -> Entry | None:
    found = [newest_first[number] for number, _ in places(quotation, [one.body.text for one in newest_first])]
    writers: set[PersonId] = {one.author for one in found}
    return found[0] if len(writers) == 1 else None
