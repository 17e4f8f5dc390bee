"""Lines of the trail as a table for other programs, written piece by piece."""

from collections.abc import AsyncIterator

from messaging.trail.accounting import SAVED, Told
from web.pages.admin.trail_words import plain, who_of, whose_of, words
from web.pages.parts.csv_rows import MARK, row
from web.pages.parts.views import Here


async def as_csv(pieces: AsyncIterator[list[Told]], here: Here, most: int = SAVED) -> AsyncIterator[bytes]:
    """The table; where there are more than `most` lines the last row says so, so that a part never passes for all."""
    yield MARK + row(str(one) for one in words().columns)
    written = 0
    async for piece in pieces:
        yield b"".join(row(_cells(told, here)) for told in piece[: most - written])
        written += len(piece)
        if written > most:
            yield row([str(words().cut)])
            return


def _cells(told: Told, here: Here) -> list[str]:
    return [
        str(told.seq),
        told.at.astimezone(here.zone).isoformat(sep=" ", timespec="seconds"),
        who_of(told),
        plain(told),
        whose_of(told),
        told.reason,
        str(words().doors[told.door]) if told.door is not None else "",
        told.word if told.act is None else str(told.act),
        str(told.actor),
        str(told.subject) if told.subject is not None else "",
    ]
