"""Reading back through a record, a page at a time, until enough of what is wanted has been found."""

from collections.abc import Callable
from functools import partial
from typing import Final

from messaging.messages import Entry
from messaging.office import Office
from messaging.record.reading import PAGE, entries_before
from messaging.trust.access import Pass

PAGES: Final = 10
"""Pages read for one view at most: two thousand entries bound the work of a request."""
LONG: Final = 2_000_000
"""Characters after which a view holds no more letters; it leads on to the others."""


async def letters_before(
    office: Office, held: Pass, number: int, wanted: int
) -> tuple[list[Entry], int | None]:
    """The last `wanted` letters below `number`, in order, and from where to read on if there may be more."""
    found, at = await _back(office, held, number, partial(_are_enough, wanted), _letter)
    if len(found) > wanted:
        found = found[-wanted:]
        at = found[0].number
    return found, at if at > 1 else None


async def session_entries(
    office: Office, held: Pass, last: int, opened: Callable[[Entry], bool]
) -> list[Entry]:
    """Everything from the entry that opened the session on."""
    found, _ = await _back(office, held, last + 1, lambda entries: any(map(opened, entries)), lambda _: True)
    start = next((place for place, entry in enumerate(found) if opened(entry)), 0)
    return found[start:]


async def latest_letter_by(
    office: Office, held: Pass, last: int, wrote: Callable[[Entry], bool]
) -> Entry | None:
    """The newest letter somebody wrote."""
    found, _ = await _back(office, held, last + 1, bool, lambda entry: _letter(entry) and wrote(entry))
    return found[-1] if found else None


async def _back(
    office: Office,
    held: Pass,
    number: int,
    enough: Callable[[list[Entry]], bool],
    wanted: Callable[[Entry], bool],
) -> tuple[list[Entry], int]:
    """What is wanted, in order, and the lowest number that was looked at."""
    found: list[Entry] = []
    at = number
    for _ in range(PAGES):
        entries = await entries_before(office, held, at, PAGE)
        if not entries:
            return found, 1
        at = entries[0].number
        found = [entry for entry in entries if wanted(entry)] + found
        if enough(found) or at == 1:
            break
    return found, at


def _are_enough(wanted: int, letters: list[Entry]) -> bool:
    return len(letters) >= wanted or sum(len(one.body.text) for one in letters) >= LONG


def _letter(entry: Entry) -> bool:
    return entry.is_letter
