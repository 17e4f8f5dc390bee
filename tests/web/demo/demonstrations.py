"""A demonstration that runs in the test's own process, and what stands around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from messaging.arriving.screening import HeldLetter, held
from messaging.entrance.signing_in import Credentials, sign_in
from messaging.inbox.listing import InboxLine, inbox
from messaging.messages import Entry
from messaging.office import Asking
from messaging.record.reading import enter, entries_before
from messaging.trust.access import Deed
from tests.conftest import TestDatabase
from tests.web.visitor import Visitor
from web.app import application
from web.demo.founding import play
from web.demo.mailroom import Mailroom, mailroom_open
from web.demo.pages import Mailing, routes
from web.demo.people import CHARACTERS, PASSWORD
from web.demo.running import demo_settings, opened, reserved, smtp_of
from web.demo.telling import Stage
from web.house import house
from web.mail import mail_running
from web.serve import web_running
from web.state import House

ADDRESSES = [one.email for one in CHARACTERS if one.email]
RUTH = "ruth@mail.example"
ZONE = ZoneInfo("Europe/Vienna")


@dataclass(frozen=True)
class Playing:
    """A demonstration that runs in this process."""

    built: House
    stage: Stage
    room: Mailroom
    slug: str

    async def lines(self, who: str = "mira") -> dict[str, InboxLine]:
        """Somebody's inbox."""
        return {line.circle.title(): line for line in await inbox(self.built.office, self.stage.people[who])}

    async def record(self, file: str) -> list[Entry]:
        """A conversation, from the beginning."""
        admitted, _ = await enter(
            self.built.office, self.stage.people["mira"], self.stage.files[file], Deed.READ
        )
        return await entries_before(self.built.office, admitted, 10_000, 200)

    async def held(self) -> list[HeldLetter]:
        """The screener."""
        return await held(self.built.office, self.stage.people["mira"])

    async def browser(self, site: str, who: str) -> Visitor:
        """Signed in; other tests' practices have people of the same names."""
        entered = await sign_in(
            self.built.office, Credentials(who, PASSWORD, self.slug), Asking(who, known=True)
        )
        return Visitor(site, {"quietline": entered.token.text})


@asynccontextmanager
async def playing(ground: TestDatabase, slug: str) -> AsyncIterator[Playing]:
    """Founded at the first call, found again later."""
    room = Mailroom(ADDRESSES)
    async with mailroom_open(room) as port:
        with reserved(0) as held:
            settings = demo_settings(ground.settings(), port, held.getsockname()[1])
        async with house(settings) as built:
            yield Playing(opened(built), await play(built, room, slug), room, slug)


@asynccontextmanager
async def serving(made: Playing) -> AsyncIterator[str]:
    """With pages, listener and courier."""
    async with mail_running(made.built, frozenset({"mail", "jobs"})), pages(made) as site:
        yield site


@asynccontextmanager
async def pages(made: Playing) -> AsyncIterator[str]:
    """The pages alone."""
    mailing = Mailing(made.room, smtp_of(made.built.settings))
    async with web_running(
        made.built, application(made.built, routes(mailing, made.stage.practice.id))
    ) as site:
        yield site


async def eventually(happened: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what other tasks do."""
    async with asyncio.timeout(30):
        while not await happened():  # noqa: ASYNC110 - each look is a question to the database
            await asyncio.sleep(0)
