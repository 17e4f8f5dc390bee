"""What the demonstration's mail program is given."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here


@dataclass(frozen=True, slots=True)
class DemoMail:
    id: str
    sender: str
    subject: str
    at: datetime
    text: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class DemoMailbox:
    """mailbox.html: mail to a demo client as their mail program would show it, newest first."""

    here: Here
    username: str
    name: str
    address: str
    key: str
    mails: tuple[DemoMail, ...] = ()
    opened: DemoMail | None = None
    sent: bool = False
