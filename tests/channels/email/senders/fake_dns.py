"""A letter to judge, and a world of DNS that is a table."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from channels.email.senders.replays import Taken
from channels.email.senders.resolving import DnsTrouble

LETTER = (
    b"From: Mara Lind <mara@example.org>\r\nTo: <reply+x@letters.practice.test>\r\n"
    b"Subject: a walk\r\nDate: Tue, 14 Jan 2031 18:20:05 +0100\r\n\r\nI walked by the lake.\r\n"
)
TAKEN = Taken(
    ("reply+x@letters.practice.test",), datetime(2031, 1, 14, 18, 21, tzinfo=timezone(timedelta(hours=1)))
)
MACHINE = "192.0.2.10"
DMARC = {("_dmarc.example.org", "TXT"): ("v=DMARC1; p=reject",)}


class Table:
    """A fake world of DNS."""

    def __init__(
        self, *tables: Mapping[tuple[str, str], tuple[str, ...]], broken: tuple[str, ...] = ()
    ) -> None:
        self.known = {key: value for table in tables for key, value in table.items()}
        self.broken = broken
        self.asked = 0

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        self.asked += 1
        if name.startswith(self.broken) if self.broken else False:
            raise DnsTrouble
        return self.known.get((name.lower().rstrip("."), kind), ())
