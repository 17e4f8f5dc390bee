"""What is released in the tests: Ruth's record of three months, and how one asks for a part of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from messaging.entrance.signing_in import SignedIn, prepare
from messaging.letters.writing import Letter, write_letter
from messaging.memory.sign_ins import SignInKind
from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.office import Office
from messaging.releasing.giving import Told, Wanted, make_release
from messaging.trust.access import Deed
from tests.cast import Cast

MONTHS: Final = {
    "September": datetime(2026, 9, 30, 21, 59, 59, 999000, UTC),
    "October begins": datetime(2026, 9, 30, 22, 0, 0, 0, UTC),
    "October ends": datetime(2026, 10, 31, 22, 59, 59, 999000, UTC),
    "November": datetime(2026, 10, 31, 23, 0, 0, 0, UTC),
}
"""Moments beside midnight in Vienna, where the practice is; the clocks change on 25 October."""
NOW: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass
class Record:
    """Ruth's record: a letter, a note of each kind at each of the moments."""

    cast: Cast
    now: datetime = NOW

    def office(self, at: datetime | None = None) -> Office:
        """The acts' office at a time of the test's choosing."""
        clock: Callable[[], datetime] = (lambda: at) if at else (lambda: self.now)
        return replace(self.cast.office, clock=clock)

    async def write(self) -> None:
        """All of it."""
        for name, at in MONTHS.items():
            office = self.office(at)
            held, circle = await self.cast.enter("ruth", "ruth", Deed.WRITE)
            await write_letter(office, held, circle, Letter(uuid4(), f"Letter: {name}"))
            noting, _ = await self.cast.enter("mira", "ruth", Deed.NOTE)
            await write_note(office, noting, Written(uuid4(), f"Progress: {name}"))
            await write_own(office, noting, Written(uuid4(), f"Process: {name}"))

    async def signed_in(self, who: str, *, stepped_up: bool = True) -> SignedIn:
        """As somebody who has said their password a moment ago."""
        person = self.cast[who]
        stored, _ = prepare(self.office(), person.practice, person.id, SignInKind.BEARER, timedelta(hours=1))
        until = self.now + timedelta(minutes=5) if stepped_up else None
        return SignedIn(person, replace(stored, stepped_up_until=until))

    async def release(self, **other: Any) -> Told:
        """October's letters, to Eli, until the end of the year."""
        asked = {
            "to": str(self.cast["eli"].id),
            "kinds": ["letter"],
            "since": "2026-10-01",
            "until": "2026-10-31",
            "expires": "2026-12-31",
            "purpose": "For the medication review.",
        }
        wanted = Wanted(**(asked | other))
        return await make_release(
            self.office(), await self.signed_in("ruth"), self.cast.conversation("ruth"), wanted
        )
