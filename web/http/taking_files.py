"""A file out of a form, on its way to where it is kept: at its sender's pace, never whole in memory."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from messaging.letters.uploads import Coming, Upload, take, too_large
from messaging.trust.access import Pass
from web.http.parts import Part
from web.http.room_for_files import BESIDE
from web.state import House


@dataclass(frozen=True, slots=True)
class Bringing:
    """Who brings files, where, and for which letter."""

    house: House
    held: Pass
    letter: UUID | None = None
    original: bool = False

    async def take(self, part: Part) -> Upload:
        """One of them. Raises what `uploads.take` raises, TooFast, and Malformed where it breaks off."""
        house = self.house
        house.uploads.take(self.held.person)
        coming = Coming(
            name=part.file_name or "",
            content_type=part.content_type,
            most=house.settings.mail.size_limit,
            letter=self.letter,
            original=self.original,
        )
        brought = await take(house.office, self.held, coming, part.octets, house.photos)
        house.files_arrived.set()
        return brought


def told_length(request: Request, house: House) -> None:
    """Whether one file so long may come at all, before any of it has. Raises TooLong."""
    said, most = request.headers.get("content-length", "0"), house.settings.mail.size_limit
    if int(said) > most + BESIDE:
        raise too_large(most)
