"""A client's own record: who has opened it, and the name and address that were sealed."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from messaging.inbox.listing import inbox
from messaging.practice.openings import IdentityOpening, openings_of
from messaging.record.readers import ReaderSeen, readers_of
from web.pages.parts.asking import Visit, client_visit, page
from web.pages.parts.showing import signed_in
from web.pages.parts.views import Here, SignedIn


@dataclass(frozen=True, slots=True)
class Readers:
    """own_record.html: who cares, by name, and everybody else with each time they opened it."""

    signed_in: SignedIn
    here: Here
    members: tuple[str, ...]
    others: tuple[ReaderSeen, ...]
    openings: tuple[IdentityOpening, ...] = ()
    """Of a sealed name and address, where no record of theirs alone tells of it."""


async def show(request: Request) -> Response:
    """GET /me/readers"""
    visit = await client_visit(request)
    seen = await _readers(visit)
    view = Readers(
        signed_in=signed_in(visit),
        here=visit.here,
        members=tuple(dict.fromkeys(one.person.name for one in seen if one.at is None)),
        others=tuple(one for one in seen if one.at is not None),
        openings=tuple(await openings_of(visit.office, visit.person)),
    )
    return page(request, "client/own_record.html", view)


async def _readers(visit: Visit) -> list[ReaderSeen]:
    """Of all their conversations, the newest first."""
    found: list[ReaderSeen] = []
    for line in await inbox(visit.office, visit.person):
        found += await readers_of(visit.office, visit.person, line.conversation.id)
    return sorted(found, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
