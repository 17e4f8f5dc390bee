"""What every request is handed: the house it is in, and the templates."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypedDict

from jinja2 import Environment

from channels.chat.hub import Hub
from channels.chat.pacing import Pacing
from channels.email.fetching.condition import Condition
from messaging.office import Office
from messaging.store import Memory
from web.desks import PasswordDesk, Room
from web.guesses import Guesses
from web.key_directory import Directory, KeyDirectory
from web.letter_pace import LetterPace
from web.settings import Settings
from web.turns import Turns

ENTERING: Final = 4
"""Sign-ins under way at once, one place of it never a stranger's: as many connections of the database, and one hashes."""


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
    letters: LetterPace
    pacing: Pacing = field(default_factory=Pacing)
    guesses: Guesses = field(default_factory=Guesses)
    entering: Turns = field(default_factory=lambda: Turns(ENTERING))
    draining: bool = False
    mail_arrived: asyncio.Event = field(default_factory=asyncio.Event)
    mail_owed: asyncio.Event = field(default_factory=asyncio.Event)
    files_arrived: asyncio.Event = field(default_factory=asyncio.Event)
    fetching: Condition | None = None
    """How a mailbox elsewhere stands, where one is fetched from."""
    key_directory: Directory = field(default_factory=KeyDirectory)
    setup_token: str | None = field(default=None, repr=False)
    """The one-time way in while there is no practice yet."""

    @property
    def memory(self) -> Memory:
        """What the acts remember by."""
        return self.office.memory


class State(TypedDict):
    """Typed state: `request.state["house"]`."""

    house: House
    templates: Environment
