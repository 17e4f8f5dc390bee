"""What every request is handed: the house it is in, and the templates."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypedDict

from channels.chat.hub import Hub
from channels.chat.pacing import Pacing
from channels.email.fetching.condition import Condition
from channels.email.sealing.directory import Directory
from messaging.backup.archive import Archive
from messaging.letters.uploads import Photos
from messaging.memory.ending import Ledger
from messaging.memory.trail import Heads
from messaging.office import Office
from messaging.trust.pace import Pace, Paces, Rate
from web.bringing import Bringing
from web.fair.aside import Aside, Templates
from web.fair.asked_back import AskedBack
from web.fair.desks import PasswordDesk, Room
from web.fair.enquiry_pace import EnquiryPace
from web.fair.guesses import Guesses
from web.fair.letter_pace import LetterPace
from web.fair.turns import Turns
from web.fair.upload_desk import UploadDesk
from web.fair.visitors import Visitors
from web.help_numbers import HelpNumbers
from web.keeping import Keeper
from web.key_directory import KeyDirectory
from web.oauth.tokens import AccessTokens
from web.outbound.carrier import Carrier
from web.outbound.push import PushDesk
from web.reload import Reload
from web.searching.finder import Finder
from web.settings import Settings

ENTERING: Final = 4
"""Sign-ins under way at once, one place of it never a stranger's: as many connections of the database, and one hashes."""

MAIL_TRIED: Final = Rate(burst=3, per_second=1 / 300)
"""Test mails and looks into DNS that an administrator may ask for: each waits for somebody else's server."""

SAID_AGAIN: Final = Rate(burst=5, per_second=1 / 60)
"""How often a person who is signed in may say their password once more: who finds their screen open guesses no better."""

KEYS_GIVEN: Final = Rate(burst=10, per_second=1 / 60)
"""OpenPGP keys a person may hand in or have looked up: each is seconds of somebody's time."""


class Fellowship(Protocol):
    """The further processes of a server (`web.workers`)."""

    def running(self, house: "House", host: str, port: int) -> AbstractAsyncContextManager[None]:
        """All of them, at the first one's port."""

    def tell_to_end(self) -> None:
        """They begin to."""

    @property
    def standing(self) -> tuple[int, int]:
        """How many serve, of how many."""

    async def metrics(self) -> dict[str, str]:
        """What each counts, in the text format, by its number."""


@dataclass(slots=True)
class House:
    """Everything that runs, joined."""

    settings: Settings
    office: Office
    hub: Hub
    room: Room
    passwords: PasswordDesk
    node: str
    waiting: Callable[[], int]
    """Postings not yet committed."""
    writes: Callable[[], Awaitable[bool]]
    """Whether words would be kept right now, shown by a write. Never raises, never waits for long."""
    clock_off: Callable[[], Awaitable[float]]
    """Seconds by which this node's clock is ahead of the database's. Raises Busy."""
    letters: LetterPace
    photos: Photos
    """Who rids photos of what the camera wrote into them."""
    ledger: Ledger
    """What was erased, outside the database."""
    webhooks: Carrier
    """Posts events to programs of others."""
    push: PushDesk
    """Tells devices by push."""
    finder: Finder = field(init=False)
    """Who looks for words in somebody's caseload."""
    heads: Heads | None = None
    """Where signed heads of the trails go, if anywhere."""
    archive: Archive | None = None
    """Where base copies and changes of the database go, if anywhere."""
    heads_mailed: Heads | None = None
    """Which of them were sent by mail, where they are."""
    postgres: tuple[int, int] = (0, 0)
    """Major and minor release of the database."""
    bundled: tuple[int, int] | None = None
    """And of the one that comes with this program."""
    pacing: Pacing = field(default_factory=Pacing)
    guesses: Guesses = field(default_factory=Guesses)
    keeper: Keeper = field(default_factory=Keeper)
    entering: Turns = field(default_factory=lambda: Turns(ENTERING))
    aside: Aside = field(default_factory=Aside)
    visitors: Visitors = field(default_factory=Visitors)
    keys_given: Pace = field(default_factory=lambda: Pace(KEYS_GIVEN))
    mail_tried: Pace = field(default_factory=lambda: Pace(MAIL_TRIED))
    said_again: Pace = field(default_factory=lambda: Pace(SAID_AGAIN))
    asked_back: AskedBack = field(default_factory=AskedBack)
    enquiries: EnquiryPace = field(default_factory=EnquiryPace)
    uploads: UploadDesk = field(default_factory=UploadDesk)
    draining: bool = False
    off: float = 0.0
    """What `clock_off` said last."""
    mail_arrived: asyncio.Event = field(default_factory=asyncio.Event)
    mail_owed: asyncio.Event = field(default_factory=asyncio.Event)
    files_arrived: asyncio.Event = field(default_factory=asyncio.Event)
    reload: Reload = field(default_factory=Reload)
    fellows: Fellowship | None = None
    """Further processes of this server."""
    fetching: Condition | None = None
    """How a mailbox elsewhere stands, where one is fetched from."""
    access: AccessTokens | None = None
    """Who has tokens for an account at a provider, where one is signed in to without a password."""
    help_numbers: HelpNumbers = field(default_factory=HelpNumbers)
    key_directory: Directory = field(default_factory=KeyDirectory)
    bringing: Bringing = field(default_factory=Bringing)
    """A backup that is brought instead."""
    setup_token: str | None = field(default=None, repr=False)
    """The one-time way in while there is no practice yet."""

    def count_with(self, paces: Paces) -> None:
        """From the start: every pace of this house is one that others count, too."""
        self.pacing, self.guesses, self.asked_back = Pacing(paces), Guesses(paces), AskedBack(paces)
        self.letters, self.uploads = LetterPace(self.settings.web, paces), UploadDesk(paces)
        self.keys_given, self.mail_tried = paces("keys given", KEYS_GIVEN), paces("mail tried", MAIL_TRIED)
        self.said_again = paces("said again", SAID_AGAIN)
        self.enquiries = EnquiryPace(paces)


class State(TypedDict):
    """Typed state: `request.state["house"]`."""

    house: House
    templates: Templates
