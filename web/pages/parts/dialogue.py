"""Whose words a letter's quotations are: said only where they stand exactly in an earlier letter of one other person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from messaging.ids import EntryId, PersonId
from messaging.letters.passages import Known, Passage, Search, Searched, passages, sought
from messaging.messages import Entry

QUOTATIONS: Final = 50
"""Of one letter: more than any answer has; those below stand without a name."""


@dataclass(slots=True)
class Beside:
    """The letters of one page, each cut once however many quote it, and what may still be searched for all of them."""

    search: Search = field(default_factory=Search)
    _cut: dict[EntryId, Known] = field(default_factory=dict, repr=False)  # bound: letters of one page

    def cut(self, letter: Entry) -> Known:
        """A letter to look in."""
        if letter.id not in self._cut:
            self.search.take(len(letter.body.text))
            self._cut[letter.id] = Known(letter.body.text)
        return self._cut[letter.id]


def origins(letter: Entry, known: Sequence[Entry], beside: Beside) -> dict[int, Entry]:
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
    found = ((place, _origin(quotation, before, beside)) for place, quotation in quotations[:QUOTATIONS])
    return {place: entry for place, entry in found if entry is not None}


def _origin(quotation: Passage, newest_first: list[Entry], beside: Beside) -> Entry | None:
    wanted = sought(quotation)
    try:
        found = [one for one in newest_first if beside.cut(one).place_of(wanted, beside.search) is not None]
    except Searched:  # somebody else may have written it too, where was not looked any more
        return None
    writers: set[PersonId] = {one.author for one in found}
    return found[0] if len(writers) == 1 else None
